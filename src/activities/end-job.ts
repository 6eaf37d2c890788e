import { deleteCapturedVm } from '../backup/captured-vm';
import { backupError } from '../failures/failure';
import { deleteProgress } from '../jobs/disk-progress';
import { isOver, type Job } from '../jobs/job';
import { releaseVm } from '../protection/claim-backup';
import { registerActivity } from './register-activity';

registerActivity('endJob', async ({ jobId, vmKey, state, shown, disks, error }, services) => {
  const { diskIds: _whileRunningOnly, ...result } = shown;
  const endedAt = await services.store.now();
  const ended = await services.jobs.update(jobId, (job) =>
    job && !isOver(job) ? ({ ...job, ...result, state, disks, error, endedAt } satisfies Job) : undefined,
  );
  if (!ended) throw backupError('JobUnknown', `There is no job ${jobId}.`);
  await releaseVm(services, vmKey, jobId);
  await deleteProgress(services.store, jobId);
  await deleteCapturedVm(services.store, jobId);
  return {};
});
