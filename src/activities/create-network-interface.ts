import { createNetworkInterface } from '../compute/network-interface';
import { registerActivity } from './register-activity';

registerActivity('createNetworkInterface', ({ token, ...input }, { compute }) =>
  createNetworkInterface(compute, input, token),
);
