import { discardRestoredVm } from '../compute/restored-vm';
import { registerActivity } from './register-activity';

registerActivity('discardRestoredVm', ({ token, ...input }, { compute }) =>
  discardRestoredVm(compute, input, token),
);
