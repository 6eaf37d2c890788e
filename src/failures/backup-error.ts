// Without the schema, for threads that check bytes and read no document.

import { CATALOGUE, type FailureCode } from './catalogue';
import type { Failure } from './failure-schema';

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
