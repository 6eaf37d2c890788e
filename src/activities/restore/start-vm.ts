import { startVm } from '../../compute/vms/vm-power';
import { settleStart } from '../../protection/owed-starts';
import { registerActivity } from '../register-activity';

registerActivity('startVm', async ({ token, vmKey, jobId, ...vm }, { compute, store }) => {
  const operation = await startVm(compute, vm, token);
  if (operation.done) await settleStart(store, vmKey, jobId);
  return operation;
});
