import type { Collection } from '../documents/collection';
import { BackupError, backupError } from '../failures/failure';
import { isOver, type Job } from './job';

type Jobs = Pick<Collection<Job>, 'read'>;

/** How soon a step of minutes notices; every look is one read of a small blob. */
const LOOK_EVERY_MS = 3000;

/**
 * A daily backup as a whole ends within a day; a job that does not is stopped, so that the next one can run.
 */
export const LONGEST_JOB_HOURS = 24;

/**
 * Fails with `JobCancelled` when somebody asked to cancel the job, and with `JobInterrupted` when it was
 * given up. With the orchestrator's time `at` also with `JobTimedOut`, when the job runs for longer than a
 * day.
 */
export async function throwIfStopped(jobs: Jobs, jobId: string, at?: string): Promise<void> {
  const job = (await jobs.read(jobId))?.value;
  if (!job) return;
  if (job.cancelRequestedAt) throw backupError('JobCancelled', `${jobId} was cancelled.`);
  if (isOver(job)) throw backupError('JobInterrupted', `${jobId} has ended already: ${job.state}.`);
  const hours = at === undefined ? 0 : (Date.parse(at) - Date.parse(job.startedAt ?? at)) / 3_600_000;
  if (hours > LONGEST_JOB_HOURS) {
    throw backupError('JobTimedOut', `${jobId} has run since ${job.startedAt}.`);
  }
}

/** Runs long work that stops within seconds of a cancellation, and then fails with `JobCancelled`. */
export async function untilCancelled<T>(
  jobs: Jobs,
  jobId: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const { signal } = controller;
  const timer = setInterval(() => {
    // A look that fails is no cancellation; the next one comes soon.
    throwIfStopped(jobs, jobId).catch((reason) => {
      if (isStop(reason)) controller.abort(reason);
    });
  }, LOOK_EVERY_MS);
  try {
    return await work(signal);
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    clearInterval(timer);
  }
}

const isStop = (error: unknown) =>
  error instanceof BackupError && ['JobCancelled', 'JobInterrupted'].includes(error.failure.code);
