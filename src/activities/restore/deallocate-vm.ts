import { deallocateVm } from '../../compute/vms/vm-power';
import { registerActivity } from '../register-activity';

registerActivity('deallocateVm', ({ token, ...input }, { compute }) => deallocateVm(compute, input, token));
