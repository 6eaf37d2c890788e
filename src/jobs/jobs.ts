import { type Collection, collection } from '../documents/collection';
import type { BlobStore } from '../vault/store/blob-store';
import { Job } from './job';

/** The durable records of jobs: they outlive the history of their orchestrations. */
export const jobs = (store: BlobStore): Collection<Job> => collection(store, 'jobs', Job);
