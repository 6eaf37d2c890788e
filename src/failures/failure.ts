import { z } from 'zod';
import { CATALOGUE, type FailureCode } from './catalogue';

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

/** The value of a step that may fail in a known way. Activities return it, orchestrators branch on it. */
export type Outcome<T> = { ok: true; value: T } | { ok: false; failure: Failure };

/** A known failure on its way through one layer; activities turn it into an `Outcome`. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
  constructor(
    readonly failure: Failure,
    options?: ErrorOptions,
  ) {
    super(`${failure.code}: ${failure.message}`, options);
  }
}

/** Azure's own messages can be pages long; they end up in histories, job documents and manifests. */
const MAX_MESSAGE = 1000;

/**
 * Builds the error of a catalogued cause. `detail` says what happened this time; step, remedy and retry come
 * from the catalogue.
 */
export function backupError(
  code: FailureCode,
  detail: string,
  options: { cause?: unknown; retryAfterSeconds?: number } = {},
): BackupError {
  const { step, remedy, retryable } = CATALOGUE[code];
  const { cause, retryAfterSeconds } = options;
  const message = detail.slice(0, MAX_MESSAGE);
  return new BackupError({ step, code, message, remedy, retryable, retryAfterSeconds }, { cause });
}

/**
 * The failure inside any thrown value; what is not catalogued becomes `InternalError`, which is tried again.
 */
export function toFailure(error: unknown): Failure {
  if (error instanceof BackupError) return error.failure;
  const detail = withoutNetException(error instanceof Error ? error.message : String(error));
  return backupError('InternalError', detail, { cause: error }).failure;
}

/**
 * What the Durable extension says of an activity that threw, without the exception of .NET that it adds
 * as JSON behind the sentence.
 */
function withoutNetException(message: string): string {
  const at = message.search(/\s*\n?\s*\{"\$type":"/);
  return at < 0 ? message : message.slice(0, at);
}

/** For what cannot be if the program is right. It is not tried again: the same would be found. */
export const brokenInvariant = (detail: string): BackupError => backupError('BrokenInvariant', detail);
