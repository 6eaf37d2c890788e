import type { SealedPatch } from '../codec/chunk-codec';
import type { BlockRun } from '../format/block-map';
import type { TransferCounts } from '../format/counts';
import { CHUNK_DIGESTS_BYTES, DIGEST_BYTES, overlayDigests, ZERO_BLOCK_DIGEST } from '../format/digests';
import { BLOCK_BYTES } from '../format/geometry';
import type { ChunkEntry } from '../format/segment';

/** The digests of a chunk as the base point has it, or undefined when they cannot be had. */
export type DigestsOf = (entry: ChunkEntry) => Promise<Buffer | undefined>;

/**
 * Counts the blocks of a chunk that differ from the previous point, and those that became zeros: by the
 * digests then and `now`, so that it comes to the same however the changes were found. Where those of then
 * cannot be had, all of the chunk counts.
 */
export function countChanges(
  counts: Pick<TransferCounts, 'changedBytes' | 'zeroedBytes'>,
  then: Buffer | undefined,
  now: Buffer,
): void {
  for (let at = 0; at < CHUNK_DIGESTS_BYTES; at += DIGEST_BYTES) {
    const end = at + DIGEST_BYTES;
    if (then && now.compare(then, at, end, at, end) === 0) continue;
    counts.changedBytes += BLOCK_BYTES;
    if (now.compare(ZERO_BLOCK_DIGEST, 0, DIGEST_BYTES, at, end) === 0) counts.zeroedBytes += BLOCK_BYTES;
  }
}

/** The digests of a chunk with a patch laid over it. */
export function digestsWithPatch(
  before: Buffer,
  runs: readonly BlockRun[],
  patch: SealedPatch | undefined,
): Buffer {
  const digests = Buffer.from(before);
  overlayDigests(digests, runs, patch?.digests ?? Buffer.alloc(0));
  return digests;
}
