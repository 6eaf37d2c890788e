import { allSettledOrThrow } from '../../basics/all-settled';
import type { ByteRange } from '../../disks/ports';
import { endOf, joinRanges } from '../../disks/ranges';
import { chunkMemory, type Lease } from '../codec/chunk-memory';
import type { BlockRun } from '../format/block-map';
import { BLOCK_BYTES, CHUNK_BYTES } from '../format/geometry';
import type { TransferContext } from './transfer-context';

/**
 * Reading this much between two ranges is about as dear as one more request: the links of managed disks give
 * 500 requests and 60 MiB a second ("Scalability and performance targets for Blob storage").
 */
const READ_GAP_BYTES = 128 * 1024;
/** Reads of one chunk in flight at once. */
const READS_AT_ONCE = 4;

/**
 * Lends `use` the chunk's content: `ranges` are read; what else there is of the disk is zeros, or whatever it
 * may be where nobody will look at it. Behind the end of the disk there are zeros in any case. `use` may give
 * it back early; when it has settled, it is given back.
 */
export async function withContent<T>(
  context: TransferContext,
  chunk: number,
  ranges: readonly ByteRange[],
  rest: 'zeros' | 'whatever',
  use: (content: Lease) => Promise<T>,
): Promise<T> {
  const content = await chunkMemory.plain.borrow(context.borrower);
  try {
    context.signal?.throwIfAborted();
    const { offset, length } = chunkRange(context, chunk);
    content.bytes.fill(0, length);
    const joined = joinRanges(ranges, READ_GAP_BYTES);
    if (rest === 'zeros') clearGaps(content.bytes.subarray(0, length), offset, joined);
    await readRanges(context, joined, offset, content.bytes);
    return await use(content);
  } finally {
    content.release();
  }
}

function clearGaps(content: Buffer, start: number, ranges: readonly ByteRange[]): void {
  let clean = 0;
  for (const range of ranges) {
    content.fill(0, clean, range.offset - start);
    clean = endOf(range) - start;
  }
  content.fill(0, clean);
}

async function readRanges(
  context: TransferContext,
  ranges: readonly ByteRange[],
  start: number,
  content: Buffer,
): Promise<void> {
  const todo = ranges[Symbol.iterator]();
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
