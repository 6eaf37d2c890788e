import { hash } from 'node:crypto';
import type { BlockRun } from './block-map';
import { BLOCK_BYTES, BLOCKS_PER_CHUNK } from './geometry';

/** A digest is the first 128 bits of the SHA-256 of one block. */
export const DIGEST_BYTES = 16;

/** Digests of one chunk, in the order of its blocks. */
export const CHUNK_DIGESTS_BYTES = BLOCKS_PER_CHUNK * DIGEST_BYTES;

/** Digests of consecutive blocks; `blocks` is a multiple of the block size. */
export function digestBlocks(blocks: Buffer): Buffer {
  const digests = Buffer.allocUnsafeSlow((blocks.length / BLOCK_BYTES) * DIGEST_BYTES);
  for (let at = 0, to = 0; at < blocks.length; at += BLOCK_BYTES, to += DIGEST_BYTES) {
    // A string of one-byte characters costs a third less than a buffer of its own for every block.
    digests.write(
      hash('sha256', blocks.subarray(at, at + BLOCK_BYTES), 'binary'),
      to,
      DIGEST_BYTES,
      'binary',
    );
  }
  return digests;
}

export const ZERO_BLOCK_DIGEST = digestBlocks(Buffer.alloc(BLOCK_BYTES));

/** Digests of a chunk of zeros. */
export const zeroChunkDigests = () => Buffer.alloc(CHUNK_DIGESTS_BYTES, ZERO_BLOCK_DIGEST);

/** Lays the digests of a patch over those of its chunk; `fresh` holds those of its data blocks, in order. */
export function overlayDigests(digests: Buffer, runs: readonly BlockRun[], fresh: Buffer): void {
  let from = 0;
  for (const { start, count, zero } of runs) {
    const end = (start + count) * DIGEST_BYTES;
    if (zero) digests.fill(ZERO_BLOCK_DIGEST, start * DIGEST_BYTES, end);
    else from += fresh.copy(digests, start * DIGEST_BYTES, from, from + count * DIGEST_BYTES);
  }
}
