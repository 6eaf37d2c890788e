import { isUnreadable, undefinedIfUnreadable } from '../documents/read-document';
import { type BackupError, backupError, type Failure } from '../failures/failure';
import { deleteProgress } from '../jobs/disk-progress';
import { endPhases, isOver, type Job, type JobProgress } from '../jobs/job';
import { describeJobId } from '../jobs/job-id';
import { deleteKept } from '../jobs/kept-documents';
import { countJob } from '../jobs/telemetry';
import { meanRate } from '../jobs/transfer-rate';
import { type Notification, type NotificationSettings, notify } from '../notifications/notification';
import { stopProtection } from './change-protection';
import { releaseVm } from './claim-backup';
import { owedStartOf, settleStart } from './owed-starts';
import type { ProtectedVm } from './protected-vm';
import type { ProtectionServices } from './protection-services';
import { queuedBackups } from './queued-backup';
import { withoutUnfinished } from './unfinished-restores';

/** How a job ended, and what its record says of it beside what it says already. */
export interface JobEnding {
  jobId: string;
  /** The VM that the job held; by default the one of its record. */
  vmKey?: string;
  state: 'Succeeded' | 'Failed' | 'Cancelled';
  /** What the orchestrator showed last. */
  shown?: JobProgress;
  /** What the record gets besides, such as the disks that a restore made. */
  more?: Partial<Pick<Job, 'disks' | 'restoredVm' | 'restoredDisks' | 'replacedDisks' | 'nextTryAt'>>;
  error?: Failure;
  /**
   * The job whose snapshot the next backup goes on with; null for none, absent where nothing is known of it.
   */
  snapshotForNext?: string | null;
}

type EndServices = Pick<ProtectionServices, 'jobs' | 'protectedVms' | 'store'> & {
  settings: { notifications?: NotificationSettings };
};

interface Log {
  warn(message: string): void;
}

/** What ending a job came to. */
export interface EndedJob {
  /** The record of the VM that the job held, as it is then. */
  vm?: ProtectedVm;
  /**
   * Why the record of the job could not be closed: `JobUnknown` or `DocumentUnreadable`. Everything else is
   * done.
   */
  unclosed?: BackupError;
  /** Why the VM could not be let go of: its record cannot be read. Everything else is done. */
  unreleased?: BackupError;
  /** False when the webhook did not take what it was told, which takes its time. */
  told: boolean;
}

/**
 * Ends a job, whoever ends it: its last step, somebody who cancels it before it began, or the one who finds
 * that its orchestration is gone. Closes the record, lets go of the VM, deletes what the job's steps kept,
 * counts the job and tells people. May be repeated: a record that is over stays as it is, and is counted
 * once. A record that is not there or cannot be read, of the job or of its VM, holds up nothing of the rest.
 */
export async function endJob(services: EndServices, log: Log, given: JobEnding): Promise<EndedJob> {
  const endedAt = await services.store.now();
  const ending = await withOwedStart(services, given);
  const closed = await closeRecord(services, ending, endedAt);
  const vmKey = ending.vmKey ?? closed.job?.vm;
  const free = vmKey === undefined ? {} : await tryToLetGo(services, ending, vmKey, endedAt);
  await deleteTraces(services, ending);
  if (!closed.job) return { ...free, unclosed: closed.unclosed, told: true };
  if (closed.byThis) countJob(closed.job);
  const notification = notificationOf(closed.job, closed.job.endedAt ?? endedAt);
  const told = notification === undefined || (await notify(services.settings, log, notification));
  return { ...free, told };
}

async function tryToLetGo(
  services: EndServices,
  ending: JobEnding,
  vmKey: string,
  endedAt: string,
): Promise<Pick<EndedJob, 'vm' | 'unreleased'>> {
  try {
    return { vm: await letGo(services, ending, vmKey, endedAt) };
  } catch (error) {
    if (isUnreadable(error)) return { unreleased: error };
    throw error;
  }
}

/**
 * What a restore in place still owes its VM: one whose disks are of two times must not be started; that of a
 * restore which was given up halfway may be off, which people have to hear first.
 */
async function withOwedStart({ jobs, store }: EndServices, ending: JobEnding): Promise<JobEnding> {
  const { jobId, error } = ending;
  if (error?.code !== 'RestoreNotUndone' && error?.code !== 'JobInterrupted') return ending;
  if (describeJobId(jobId).kind !== 'restore') return ending;
  const vmKey = ending.vmKey ?? (await jobs.read(jobId).catch(undefinedIfUnreadable))?.value.vm;
  if (vmKey === undefined) return ending;
  if (error.code === 'RestoreNotUndone') {
    await settleStart(store, vmKey, jobId).catch(undefinedIfUnreadable);
    return ending;
  }
  const owed = await owedStartOf(store, vmKey).catch(undefinedIfUnreadable);
  if (owed?.jobId !== jobId) return ending;
  const isOff = `The VM ${owed.vm.ref.name} ran before and may be off; unless its disks are of two times, it is started within the hour.`;
  return { ...ending, error: { ...error, message: `${isOff} ${error.message}` } };
}

/** Of a restore that was given up halfway nothing but its documents tells which disks the VM had before. */
const isGivenUp = ({ jobId, error }: JobEnding): boolean =>
  describeJobId(jobId).kind === 'restore' &&
  (error?.code === 'JobInterrupted' || error?.code === 'RestoreNotUndone');

async function deleteTraces({ store }: EndServices, ending: JobEnding): Promise<void> {
  const { jobId } = ending;
  const { kind } = describeJobId(jobId);
  if (!isGivenUp(ending)) await deleteKept(store, jobId);
  await deleteProgress(store, jobId);
  if (kind === 'backup') await queuedBackups(store).delete(jobId);
}

type ClosedRecord = { job: Job; byThis: boolean } | { job?: undefined; unclosed: BackupError };

/** The record as it is then; `byThis` when this call ended it. */
async function closeRecord({ jobs }: EndServices, ending: JobEnding, endedAt: string): Promise<ClosedRecord> {
  let byThis = false;
  try {
    const document = await jobs.update(ending.jobId, (job) => {
      byThis = job !== undefined && !isOver(job);
      return job && byThis ? endedJob(job, ending, endedAt) : undefined;
    });
    if (document) return { job: document.value, byThis };
    return { unclosed: backupError('JobUnknown', `There is no job ${ending.jobId}.`) };
  } catch (error) {
    if (isUnreadable(error)) return { unclosed: error };
    throw error;
  }
}

function endedJob(job: Job, { state, shown = {}, more, error }: JobEnding, endedAt: string): Job {
  const { diskIds: _whileRunningOnly, phases = job.phases ?? [], ...result } = shown;
  const ended: Job = {
    ...job,
    ...result,
    ...more,
    state,
    error,
    endedAt,
    phases: endPhases(phases, endedAt),
  };
  return { ...ended, bytesPerSecond: meanRate(ended) };
}

/** Lets go of the VM if the job holds it, and notes the point that a backup made. */
async function letGo(
  services: EndServices,
  ending: JobEnding,
  vmKey: string,
  endedAt: string,
): Promise<ProtectedVm | undefined> {
  const { jobId, state, shown, error, snapshotForNext } = ending;
  if (error?.code === 'RestoreNotUndone') return keepFromBackups(services, vmKey, jobId, endedAt);
  const { kind } = describeJobId(jobId);
  if (kind === 'restore') return letGoAfterRestore(services, ending, vmKey);
  const pointId = kind === 'backup' && state === 'Succeeded' ? shown?.recoveryPoint : undefined;
  return releaseVm(services, vmKey, jobId, (vm) => {
    const { unfinishedSnapshot: left, ...rest } = vm;
    const noted = pointId === undefined ? rest : { ...rest, lastSuccess: { at: endedAt, pointId } };
    if (snapshotForNext === null) return noted;
    if (snapshotForNext === undefined || snapshotForNext === left?.jobId) {
      return left ? { ...noted, unfinishedSnapshot: left } : noted;
    }
    return { ...noted, unfinishedSnapshot: { jobId: snapshotForNext, at: endedAt } };
  });
}

/**
 * A restore in place whose disks are all in their places settles what earlier ones have left; one that was
 * undone leaves the VM as those did; one that was given up leaves it to the sweep.
 */
async function letGoAfterRestore(
  services: EndServices,
  ending: JobEnding,
  vmKey: string,
): Promise<ProtectedVm | undefined> {
  const { jobId, state, error } = ending;
  const isSwapped = state === 'Succeeded' || error?.code === 'RestoredVmNotStarted';
  const before = (await services.protectedVms.read(vmKey))?.value;
  if (isSwapped && before?.running?.jobId === jobId) {
    for (const left of before.unfinishedRestores ?? []) await deleteKept(services.store, left.jobId);
  }
  return releaseVm(services, vmKey, jobId, (vm) => {
    if (isGivenUp(ending)) return vm;
    return withoutUnfinished(vm, isSwapped ? undefined : jobId);
  });
}

/**
 * Lets go of a VM that has disks of two times, and in the same write stops its protection: somebody has to
 * decide first.
 */
async function keepFromBackups(
  { protectedVms }: Pick<ProtectionServices, 'protectedVms'>,
  vmKey: string,
  jobId: string,
  now: string,
): Promise<ProtectedVm | undefined> {
  const document = await protectedVms.update(vmKey, (current) => {
    if (!current || (current.running && current.running.jobId !== jobId)) return undefined;
    const { running: _released, ...rest } = current;
    return rest.stopped ? rest : stopProtection(rest, 'retain', now);
  });
  return document?.value;
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
