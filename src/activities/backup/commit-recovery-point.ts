import { pointDraft } from '../../backup/point-draft';
import { readRun } from '../../backup/run-documents';
import { throwIfStopped } from '../../jobs/cancellation';
import { pointIdOf } from '../../jobs/job-id';
import { commitPoint, findPoint } from '../../vault/points';
import { registerActivity } from '../register-activity';

registerActivity('commitRecoveryPoint', async ({ pages, ...backup }, { store, vault, jobs }) => {
  const { jobId, vmKey } = backup.request;
  // A point that an interrupted try has committed stands: a job that was cancelled afterwards must not deny
  // it.
  if (!(await findPoint(vault, pointIdOf(vmKey, jobId)))) await throwIfStopped(jobs, jobId);
  const point = await commitPoint(vault, pointDraft(backup, await readRun(store, jobId, pages)));
  return { pointId: point.pointId };
});
