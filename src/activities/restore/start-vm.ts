import { startVm } from '../../compute/vms/vm-power';
import { registerActivity } from '../register-activity';

registerActivity('startVm', ({ token, ...input }, { compute }) => startVm(compute, input, token));
