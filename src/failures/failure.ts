import { BackupError, backupError } from './backup-error';
import type { Failure as FailureValue } from './failure-schema';

export { BackupError, backupError } from './backup-error';
export { Failure } from './failure-schema';

/** The value of a step that may fail in a known way. Activities return it, orchestrators branch on it. */
export type Outcome<T> = { ok: true; value: T } | { ok: false; failure: FailureValue };

/**
 * The failure inside any thrown value; what is not catalogued becomes `InternalError`, which is tried again.
 */
export function toFailure(error: unknown): FailureValue {
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
