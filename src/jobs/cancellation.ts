import type { Collection } from '../documents/collection';
import { backupError } from '../failures/failure';
import type { Job } from './job';

type Jobs = Pick<Collection<Job>, 'read'>;

/** How soon a step of minutes notices; every look is one read of a small blob. */
const LOOK_EVERY_MS = 3000;

/** Fails with `JobCancelled` when somebody asked to cancel the job. */
export async function throwIfCancelled(jobs: Jobs, jobId: string): Promise<void> {
  const job = await jobs.read(jobId);
  if (job?.value.cancelRequestedAt) throw backupError('JobCancelled', `${jobId} was cancelled.`);
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
    throwIfCancelled(jobs, jobId).catch((reason) => {
      if (reason?.failure?.code === 'JobCancelled') controller.abort(reason);
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
