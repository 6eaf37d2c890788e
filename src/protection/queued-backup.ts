import { z } from 'zod';
import { type Collection, collection } from '../documents/collection';
import { BackupRequest } from '../jobs/backup-request';
import type { BlobStore } from '../storage/blob-store';

const QueuedBackup = z.strictObject({
  request: BackupRequest,
  /** Names the call that took it; absent while it waits. */
  takenBy: z.string().optional(),
});
export type QueuedBackup = z.output<typeof QueuedBackup>;

/**
 * Backups on demand that wait for a lane, by the id of their job and so in the order in which they were asked
 * for.
 */
export const queuedBackups = (store: BlobStore): Collection<QueuedBackup> =>
  collection(store, 'queue', QueuedBackup);

/** Puts a claimed backup into the queue; a repeat changes nothing. */
export async function queueBackup(store: BlobStore, request: BackupRequest): Promise<void> {
  await queuedBackups(store).create(request.jobId, { request });
}

/**
 * Takes the backup that waits longest; undefined when none waits. Of two takers one gets it. `takenBy` names
 * this very call: asked again after its answer was lost, it answers with the backup that it took then.
 */
export async function takeQueuedBackup(
  store: BlobStore,
  takenBy: string,
): Promise<BackupRequest | undefined> {
  const queue = queuedBackups(store);
  const waiting = [];
  for await (const document of queue.list({ onUnreadable: () => undefined })) {
    if (document.value.takenBy === takenBy) return document.value.request;
    if (document.value.takenBy === undefined) waiting.push(document);
  }
  for (const { name, value, etag } of waiting) {
    if (await queue.replace(name, { ...value, takenBy }, etag)) return value.request;
  }
  return undefined;
}

/** Takes a backup out of the queue before a lane has; false when one has, or it never was there. */
export async function withdrawQueuedBackup(store: BlobStore, jobId: string): Promise<boolean> {
  const queue = queuedBackups(store);
  const found = await queue.read(jobId);
  if (!found || found.value.takenBy !== undefined) return false;
  return (await queue.delete(jobId, found.etag)) === 'deleted';
}

/** How many backups wait. */
export async function countQueuedBackups(store: BlobStore): Promise<number> {
  let count = 0;
  for await (const { value } of queuedBackups(store).list({ onUnreadable: () => undefined })) {
    if (value.takenBy === undefined) count++;
  }
  return count;
}
