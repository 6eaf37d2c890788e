import { z } from 'zod';
import { DiskBytes, type MovedBytes, movedOf } from '../disks/disk-bytes';
import { isUnreadable, readDocument } from '../documents/read-document';
import type { BlobStore } from '../storage/blob-store';

/**
 * Live bytes of the part that an activity is working on. They are written over and over, because the custom
 * status of the orchestration changes between parts only, and a part may take minutes.
 */
const path = (jobId: string, diskId: string) => `progress/${jobId}/${diskId}.json`;

/**
 * Lively at first, sparse later: a write every tenth of the time so far, so that an hour of transfer costs
 * about 400 writes.
 */
const intervalMs = (elapsedMs: number) => Math.min(10_000, Math.max(400, elapsedMs / 10));

export const PartProgress = z.object({
  part: z.number(),
  ...DiskBytes.omit({ logicalBytes: true }).shape,
});
export type PartProgress = z.output<typeof PartProgress>;

/** Hands out a callback that writes few documents; a document that cannot be written is skipped. */
export function progressWriter(
  store: BlobStore,
  jobId: string,
  diskId: string,
  part: number,
): (moved: MovedBytes) => void {
  const start = performance.now();
  let lastWrite = start;
  let busy = false;
  return (moved) => {
    const now = performance.now();
    if (busy || now - lastWrite < intervalMs(now - start)) return;
    busy = true;
    lastWrite = now;
    const body: PartProgress = { part, ...movedOf(moved) };
    // Whatever keeps it from being written: it only shows how far the part is, and the next one comes soon.
    void store
      .put(path(jobId, diskId), Buffer.from(JSON.stringify(body)))
      .catch(() => undefined)
      .finally(() => {
        busy = false;
      });
  };
}

/**
 * What an activity has moved so far. A figure that cannot be read is none: it must not keep anybody from
 * seeing the job.
 */
export async function readProgress(
  store: BlobStore,
  jobId: string,
  diskId: string,
): Promise<PartProgress | undefined> {
  const name = path(jobId, diskId);
  try {
    const blob = await store.get(name, { maxBytes: 4096 });
    return blob && readDocument(PartProgress, blob.body, name);
  } catch (error) {
    if (isUnreadable(error)) return undefined;
    throw error;
  }
}

export async function deleteProgress(store: BlobStore, jobId: string): Promise<void> {
  for await (const { name } of store.list(`progress/${jobId}/`)) await store.delete(name);
}
