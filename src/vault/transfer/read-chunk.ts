import type { BlockRun } from '../format/block-map';
import { BLOCK_BYTES, CHUNK_BYTES } from '../format/geometry';
import type { ByteRange } from '../ports';
import { borrowChunk } from './chunk-buffers';
import { endOf, joinRanges } from './ranges';
import type { TransferContext } from './transfer-context';

/** Reading this much between two ranges is cheaper than one more request. */
const READ_GAP_BYTES = 64 * 1024;
/** Reads of one chunk in flight at once. */
const READS_AT_ONCE = 4;

/** The chunk's whole content, padded with zeros: `ranges` are read, everything else is zeros. */
export async function readRanges(
  context: TransferContext,
  chunk: number,
  ranges: readonly ByteRange[],
): Promise<Buffer> {
  const start = chunk * CHUNK_BYTES;
  const joined = joinRanges(ranges, READ_GAP_BYTES);
  const [only] = joined;
  if (joined.length === 1 && only?.length === CHUNK_BYTES) return readRange(context, only);

  const content = borrowChunk();
  context.borrowed.push(content);
  const todo = joined[Symbol.iterator]();
  const reader = async () => {
    for (const range of todo) (await readRange(context, range)).copy(content, range.offset - start);
  };
  await allSettledOrThrow(Array.from({ length: READS_AT_ONCE }, reader));
  return content;
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

async function readRange({ source, counts, signal }: TransferContext, range: ByteRange): Promise<Buffer> {
  signal?.throwIfAborted();
  const bytes = await source.read(range, signal);
  if (bytes.length !== range.length) {
    throw new Error(`the disk gave ${bytes.length} bytes for ${range.offset}…${endOf(range)}`);
  }
  counts.readBytes += bytes.length;
  return bytes;
}

async function allSettledOrThrow(promises: Promise<void>[]): Promise<void> {
  const settled = await Promise.allSettled(promises);
  for (const result of settled) if (result.status === 'rejected') throw result.reason;
}
