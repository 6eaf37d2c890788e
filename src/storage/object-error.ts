import { BackupError, backupError } from '../failures/backup-error';
import type { Failure } from '../failures/failure-schema';

/** The causes that are about one object of the vault. */
export type ObjectCode =
  | 'VaultObjectDamaged'
  | 'VaultObjectMissing'
  | 'VaultObjectTooLarge'
  | 'VaultDocumentInvalid'
  | 'VaultVersionUnsupported'
  | 'VaultBlobArchived'
  | 'VaultReadIncomplete';

/** A refusal that knows which object of the vault it is about. */
export class ObjectError extends BackupError {
  constructor(
    /** Name of the blob, with the place in it where that helps: `packs/… at 1234`. */
    readonly objectName: string,
    failure: Failure,
  ) {
    super(failure);
  }
}

/** Refuses an object that is larger than its reader allows, before it is read. */
export function refuseLarger(objectName: string, sizeBytes: number, maxBytes: number | undefined): void {
  if (maxBytes === undefined || sizeBytes <= maxBytes) return;
  const detail = `it has ${sizeBytes} bytes, at most ${maxBytes} are allowed`;
  throw objectError('VaultObjectTooLarge', objectName, detail);
}

/** A refusal that names the object of the vault and what is wrong with it. */
export function objectError(code: ObjectCode, objectName: string, detail: string): ObjectError {
  return new ObjectError(objectName, backupError(code, `${objectName}: ${detail}`).failure);
}

/**
 * Causes that say nothing about what the object holds: it is sound as far as anybody knows, and cannot be had
 * now.
 */
const OUT_OF_REACH: ReadonlySet<string> = new Set<ObjectCode>(['VaultBlobArchived', 'VaultReadIncomplete']);

/** Whether an object is wrong or gone, so that writing it again would heal it. */
export const isDamage = (error: unknown): error is ObjectError =>
  error instanceof ObjectError && !OUT_OF_REACH.has(error.failure.code);
