import { secondsBetween } from '../basics/time';
import type { Collection } from '../documents/collection';
import type { Document } from '../documents/document';
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
 * Fails with `JobCancelled` when somebody asked to cancel the job, with `JobInterrupted` when it was given
 * up, and with `JobUnknown` when its record is gone: nobody could tell what it makes from what is left over.
 */
export async function throwIfStopped(jobs: Jobs, jobId: string): Promise<void> {
  await lookAtJob(jobs, jobId);
}

/**
 * The same before a step begins: fails with `JobTimedOut`, too, when the job runs for longer than a day. Both
 * times are of the storage service's clock: that of the host may be days off.
 */
export async function throwIfOverdue(jobs: Jobs, jobId: string): Promise<void> {
  const { value: job, readAt } = await lookAtJob(jobs, jobId);
  if (job.startedAt === undefined || readAt === undefined) return;
  if (secondsBetween(job.startedAt, readAt) > LONGEST_JOB_HOURS * 3600) {
    throw backupError('JobTimedOut', `${jobId} has run since ${job.startedAt}.`);
  }
}

async function lookAtJob(jobs: Jobs, jobId: string): Promise<Document<Job>> {
  const document = await jobs.read(jobId);
  if (!document) throw backupError('JobUnknown', `There is no record of ${jobId} any more.`);
  const job = document.value;
  if (job.cancelRequestedAt) throw backupError('JobCancelled', `${jobId} was cancelled.`);
  if (isOver(job)) throw backupError('JobInterrupted', `${jobId} has ended already: ${job.state}.`);
  return document;
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
  error instanceof BackupError &&
  ['JobCancelled', 'JobInterrupted', 'JobUnknown'].includes(error.failure.code);
