import type { HttpResponseInit } from '@azure/functions';
import { z } from 'zod';

/** The answer to a request that starts something. */
export const Accepted = z.strictObject({ job: z.string() });

/**
 * A job was started: where to look at it. The durable management URLs stay inside, because they carry a key.
 */
export const accepted = (jobId: string): HttpResponseInit => ({
  status: 202,
  headers: { location: `/api/jobs/${jobId}`, 'retry-after': '2' },
  jsonBody: { job: jobId } satisfies z.output<typeof Accepted>,
});
