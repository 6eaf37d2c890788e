import { deleteCapturedVm } from '../backup/captured-vm';
import { backupError } from '../failures/failure';
import { deleteProgress } from '../jobs/disk-progress';
import { endPhases, isOver, type Job } from '../jobs/job';
import { meanRate } from '../jobs/transfer-rate';
import { nextDue } from '../policies/schedule';
import { releaseVm } from '../protection/claim-backup';
import type { EndJob } from './contract';
import { registerActivity } from './register-activity';

registerActivity('endJob', async (ending, services) => {
  const { jobId, vmKey, state, shown } = ending;
  const endedAt = await services.store.now();
  const ended = await services.jobs.update(jobId, (job) =>
    job && !isOver(job) ? endedJob(job, ending, endedAt) : undefined,
  );
  if (!ended) throw backupError('JobUnknown', `There is no job ${jobId}.`);
  const { kind } = ended.value;
  if (kind === 'backup' && vmKey !== undefined) {
    const pointId = state === 'Succeeded' ? shown.recoveryPoint : undefined;
    const lastSuccess = pointId === undefined ? undefined : { at: endedAt, pointId };
    await releaseVm(services, vmKey, jobId, lastSuccess);
    await deleteCapturedVm(services.store, jobId);
  }
  await deleteProgress(services.store, jobId);
  return {};
});

function endedJob(job: Job, { state, shown, disks, error, policy }: EndJob, endedAt: string): Job {
  const { diskIds: _whileRunningOnly, phases = [], ...result } = shown;
  const ended: Job = { ...job, ...result, state, disks, error, endedAt, phases: endPhases(phases, endedAt) };
  return {
    ...ended,
    bytesPerSecond: meanRate(ended),
    nextTryAt: state === 'Failed' && policy ? nextDue(policy.schedule, endedAt) : undefined,
  };
}
