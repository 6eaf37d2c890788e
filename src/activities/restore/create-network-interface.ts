import { createNetworkInterface } from '../../compute/restore/network-interface';
import { registerActivity } from '../register-activity';

registerActivity('createNetworkInterface', ({ token, ...input }, { compute }) =>
  createNetworkInterface(compute, input, token),
);
