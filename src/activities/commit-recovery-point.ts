import { readCapturedVm } from '../backup/captured-vm';
import { pointDraft } from '../backup/point-draft';
import { throwIfStopped } from '../jobs/cancellation';
import { pointIdOf } from '../jobs/job-id';
import { commitPoint, findPoint } from '../vault/points';
import { registerActivity } from './register-activity';

registerActivity('commitRecoveryPoint', async (order, { store, vault, jobs }) => {
  const { jobId, vmKey } = order.request;
  // A point that an interrupted try has committed stands: a job that was cancelled afterwards must not deny it.
  if (!(await findPoint(vault, pointIdOf(vmKey, jobId)))) await throwIfStopped(jobs, jobId);
  const configuration = await readCapturedVm(store, jobId);
  const point = await commitPoint(vault, pointDraft(order, configuration));
  return { pointId: point.pointId };
});
