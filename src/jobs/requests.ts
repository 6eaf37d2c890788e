import { z } from 'zod';
import { type Collection, collection } from '../documents/collection';
import type { BlobStore } from '../storage/blob-store';

/** What a request with an Idempotency-Key asked for, and the job that it started. */
const StartedRequest = z.strictObject({ jobId: z.string(), fingerprint: z.string() });
export type StartedRequest = z.output<typeof StartedRequest>;

export const startedRequests = (store: BlobStore): Collection<StartedRequest> =>
  collection(store, 'requests', StartedRequest);
