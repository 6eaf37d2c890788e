import { type Collection, collection } from '../documents/collection';
import type { BlobStore } from '../storage/blob-store';
import { Job } from './job';
import { JobId, timeOf } from './job-id';

/** Ten digits hold every second until the year 2286. */
const LAST_SECOND = 9_999_999_999;
const DIGITS = 10;

/**
 * Blobs are listed by name, oldest stamp first; counting down from the last second, the newest job comes
 * first instead.
 */
const newestFirst = {
  keyOf: (jobId: string) =>
    `${String(LAST_SECOND - Math.floor(Date.parse(timeOf(jobId)) / 1000)).padStart(DIGITS, '0')}-${jobId}`,
  nameOf: (key: string) => {
    const jobId = key.slice(DIGITS + 1);
    return JobId.safeParse(jobId).success ? jobId : undefined;
  },
};

/** The durable records of jobs, newest first: they outlive the history of their orchestrations. */
export const jobs = (store: BlobStore): Collection<Job> =>
  collection(store, 'jobs', Job, { keys: newestFirst });
