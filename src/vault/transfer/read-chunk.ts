import { chunkMemory, type Lease } from '../codec/chunk-memory';
import type { BlockRun } from '../format/block-map';
import { BLOCK_BYTES, CHUNK_BYTES } from '../format/geometry';
import type { ByteRange } from '../ports';
import { joinRanges } from './ranges';
import type { TransferContext } from './transfer-context';

/** Reading this much between two ranges is cheaper than one more request. */
const READ_GAP_BYTES = 64 * 1024;
/** Reads of one chunk in flight at once. */
const READS_AT_ONCE = 4;

/**
 * Lends `use` the chunk's whole content: `ranges` are read, everything else is zeros. `use` may give it back early; when it
 * has settled, it is given back.
 */
export async function withContent<T>(
  context: TransferContext,
  chunk: number,
  ranges: readonly ByteRange[],
  use: (content: Lease) => Promise<T>,
): Promise<T> {
  const content = await chunkMemory.plain.borrow();
  try {
    await readRanges(context, chunk, ranges, content.bytes);
    return await use(content);
  } finally {
    content.release();
  }
}

async function readRanges(
  context: TransferContext,
  chunk: number,
  ranges: readonly ByteRange[],
  content: Buffer,
): Promise<void> {
  const start = chunk * CHUNK_BYTES;
  const joined = joinRanges(ranges, READ_GAP_BYTES);
  if (joined[0]?.length !== CHUNK_BYTES) content.fill(0);
  const todo = joined[Symbol.iterator]();
  const reader = async () => {
    for (const { offset, length } of todo) {
      context.signal?.throwIfAborted();
      await context.source.read(
        offset,
        content.subarray(offset - start, offset - start + length),
        context.signal,
      );
      context.counts.readBytes += length;
    }
  };
  // The memory is somebody else's after this: no read may still be under way.
  await allSettledOrThrow(Array.from({ length: READS_AT_ONCE }, reader));
}

/** Where the chunk lies on the disk; the last chunk ends with the disk. */
export function chunkRange(context: TransferContext, chunk: number): ByteRange {
  const offset = chunk * CHUNK_BYTES;
  return { offset, length: Math.min(CHUNK_BYTES, context.source.sizeBytes - offset) };
}

/** The byte ranges of the data blocks of `runs`, without what lies beyond the end of the disk. */
export function blockRanges(context: TransferContext, chunk: number, runs: readonly BlockRun[]): ByteRange[] {
  const { offset } = chunkRange(context, chunk);
  return runs
    .filter(({ zero }) => !zero)
    .map(({ start, count }) => {
      const from = offset + start * BLOCK_BYTES;
      return { offset: from, length: Math.min(count * BLOCK_BYTES, context.source.sizeBytes - from) };
    });
}

async function allSettledOrThrow(promises: Promise<void>[]): Promise<void> {
  const settled = await Promise.allSettled(promises);
  for (const result of settled) if (result.status === 'rejected') throw result.reason;
}
