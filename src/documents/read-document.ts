import type { z } from 'zod';
import { BackupError, backupError } from '../failures/failure';
import { ObjectError } from '../storage/object-error';

/**
 * The JSON in a blob, checked against its schema. Fails with `DocumentUnreadable`, which names the blob and
 * what is wrong.
 */
export function readDocument<T>(schema: z.ZodType<T>, body: Buffer, blobName: string): T {
  try {
    return schema.parse(JSON.parse(body.toString('utf8')));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw backupError('DocumentUnreadable', `${blobName}: ${why}`, { cause });
  }
}

/** Whether what was thrown says that this one document cannot be read; anything else may pass. */
export const isUnreadable = (error: unknown): error is BackupError =>
  error instanceof BackupError &&
  (error.failure.code === 'DocumentUnreadable' || (error instanceof ObjectError && !error.failure.retryable));

/** For what is read if it can be: what cannot be read counts as not there, and everything else is thrown. */
export function undefinedIfUnreadable(error: unknown): undefined {
  if (!isUnreadable(error)) throw error;
}
