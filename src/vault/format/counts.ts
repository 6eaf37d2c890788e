import { z } from 'zod';
import { DISK_BYTES, nothingMoved } from '../../disks/disk-bytes';

const count = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);

/** What a transfer did: of a part, or summed over a disk or a point. */
export const transferCountsSchema = z.strictObject({
  /** Of a part of a disk 0: the size counts once, when the disk is complete. */
  ...DISK_BYTES,
  /** What `sentBytes` were before compression. */
  sentPlainBytes: count,
  /** Requests made to the vault. */
  requests: count,
  /** Chunks written new. */
  newChunks: count,
  /** Chunks that some disk had brought into the vault before. */
  reusedChunks: count,
  /** Chunks that got a patch. */
  patchedChunks: count,
  /** Chunks that were looked at and had not changed. */
  unchangedChunks: count,
  /** Chunks that became all zeros. */
  clearedChunks: count,
});

export type TransferCounts = z.infer<typeof transferCountsSchema>;

export const noCounts = (): TransferCounts => ({
  logicalBytes: 0,
  ...nothingMoved(),
  sentPlainBytes: 0,
  requests: 0,
  newChunks: 0,
  reusedChunks: 0,
  patchedChunks: 0,
  unchangedChunks: 0,
  clearedChunks: 0,
});

/** Adds `more` to `counts` in place. */
export function addCounts(counts: TransferCounts, more: TransferCounts): TransferCounts {
  for (const key of Object.keys(counts) as (keyof TransferCounts)[]) counts[key] += more[key];
  return counts;
}
