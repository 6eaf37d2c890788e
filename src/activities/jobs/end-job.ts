import { deleteRunDocuments } from '../../backup/run-documents';
import { backupError } from '../../failures/failure';
import { deleteProgress } from '../../jobs/disk-progress';
import { endPhases, isOver, type Job } from '../../jobs/job';
import { countJob } from '../../jobs/telemetry';
import { meanRate } from '../../jobs/transfer-rate';
import { type Notification, notify } from '../../notifications/notification';
import { nextDue } from '../../policies/schedule';
import { stopProtection } from '../../protection/change-protection';
import { releaseVm } from '../../protection/claim-backup';
import { queuedBackups } from '../../protection/queued-backup';
import { readReplacement, readRestoredDisks } from '../../restore/restore-documents';
import type { Services } from '../../services';
import type { EndJob } from '../contract';
import { registerActivity } from '../register-activity';

registerActivity('endJob', async (ending, services, log) => {
  const { jobId, vmKey, state, shown, error } = ending;
  const notUndone = error?.code === 'RestoreNotUndone';
  const endedAt = await services.store.now();
  const restored = state === 'Succeeded' || notUndone ? await restoredBy(services, jobId) : {};
  const ended = await services.jobs.update(jobId, (job) =>
    job && !isOver(job) ? { ...endedJob(job, ending, endedAt), ...restored } : undefined,
  );
  if (!ended) throw backupError('JobUnknown', `There is no job ${jobId}.`);
  const { kind } = ended.value;
  if (kind === 'backup' && vmKey !== undefined) {
    const pointId = state === 'Succeeded' ? shown.recoveryPoint : undefined;
    const lastSuccess = pointId === undefined ? undefined : { at: endedAt, pointId };
    await releaseVm(services, vmKey, jobId, lastSuccess);
    await deleteRunDocuments(services.store, jobId);
    await queuedBackups(services.store).delete(jobId);
  }
  if (kind === 'restore' && vmKey !== undefined) {
    if (notUndone) await keepFromBackups(services, vmKey, jobId, endedAt);
    else await releaseVm(services, vmKey, jobId);
    await deleteRunDocuments(services.store, jobId);
  }
  await deleteProgress(services.store, jobId);
  countJob(ended.value);
  const notification = notificationOf(ended.value, endedAt);
  if (notification) await notify(services.settings, log, notification);
  return {};
});

/** Lets go of a VM that has disks of two times, and in the same write stops its protection: somebody has to decide first. */
async function keepFromBackups(
  { protectedVms }: Pick<Services, 'protectedVms'>,
  vmKey: string,
  jobId: string,
  now: string,
): Promise<void> {
  await protectedVms.update(vmKey, (current) => {
    if (!current || (current.running && current.running.jobId !== jobId)) return undefined;
    const { running: _released, ...rest } = current;
    return rest.stopped ? rest : stopProtection(rest, 'retain', now);
  });
}

/** The disks that a restore made, and those that it swapped out. */
async function restoredBy(
  { jobs, store }: Pick<Services, 'jobs' | 'store'>,
  jobId: string,
): Promise<Pick<Job, 'restoredDisks' | 'replacedDisks'>> {
  const job = (await jobs.read(jobId))?.value;
  if (job?.kind !== 'restore' || isOver(job)) return {};
  const restoredDisks = await readRestoredDisks(store, jobId);
  if (job.target !== 'replace') return { restoredDisks };
  return { restoredDisks, replacedDisks: (await readReplacement(store, jobId)).replaced };
}

/** People hear of what failed, and of what succeeded with warnings; of cancelled jobs they know. */
function notificationOf(job: Job, time: string): Notification | undefined {
  const { id, kind, vm, state, error, warnings, nextTryAt } = job;
  const common = { subject: id, occasion: id, time };
  if (state === 'Failed') {
    const message = error ? `${error.code}: ${error.message} ${error.remedy}` : 'The job failed.';
    return { ...common, event: 'jobFailed', message, data: { job: id, kind, vm, error, nextTryAt } };
  }
  if (state !== 'Succeeded' || warnings.length === 0) return undefined;
  return {
    ...common,
    event: 'jobWarning',
    message: warnings.join(' '),
    data: { job: id, kind, vm, warnings },
  };
}

function endedJob(job: Job, { state, shown, disks, error, policy }: EndJob, endedAt: string): Job {
  const { diskIds: _whileRunningOnly, phases = [], ...result } = shown;
  const ended: Job = { ...job, ...result, state, disks, error, endedAt, phases: endPhases(phases, endedAt) };
  return {
    ...ended,
    bytesPerSecond: meanRate(ended),
    nextTryAt: state === 'Failed' && policy ? nextDue(policy.schedule, endedAt) : undefined,
  };
}
