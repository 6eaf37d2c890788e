import { z } from 'zod';

/**
 * What a failed step tells: which step, which cause, what to do about it, and whether it will be tried again.
 * JSON-safe: it crosses activity borders, lands in job documents and in HTTP answers.
 */
export const Failure = z.strictObject({
  /** The step of the process that failed, in the words of the catalogue. */
  step: z.string(),
  /** Stable cause code; the names that Azure Backup users know where one exists. */
  code: z.string(),
  /** What happened, with the names involved. Never holds a SAS or a key. */
  message: z.string(),
  /** What the reader can do about it. */
  remedy: z.string(),
  /** True when the same step may succeed later without anybody doing anything. */
  retryable: z.boolean(),
  /** The service's own wish, from `Retry-After`. */
  retryAfterSeconds: z.number().optional(),
});
export type Failure = z.output<typeof Failure>;
