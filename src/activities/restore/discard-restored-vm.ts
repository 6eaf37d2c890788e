import { discardRestoredVm } from '../../compute/restore/restored-vm';
import { registerActivity } from '../register-activity';

registerActivity('discardRestoredVm', ({ token, ...input }, { compute }) =>
  discardRestoredVm(compute, input, token),
);
