import { discardRestoredVm } from '../../compute/restore/discard-vm';
import { registerActivity } from '../register-activity';

registerActivity('discardRestoredVm', ({ token, ...input }, { compute }) =>
  discardRestoredVm(compute, input, token),
);
