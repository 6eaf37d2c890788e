import { deallocateVm } from '../compute/vm-power';
import { registerActivity } from './register-activity';

registerActivity('deallocateVm', ({ token, ...input }, { compute }) => deallocateVm(compute, input, token));
