import { backupError } from '../failures/failure';
import { BLOCK, type BlockMap, emptyBlockMap } from '../vault/format/block-map';
import { BLOCK_BYTES, CHUNK_BYTES } from '../vault/format/geometry';
import type { ByteRange, ChangedRange } from './ports';

/** Ranges are listed for this much of the disk at a time: bounds the memory of a list. */
export const LISTING_WINDOW_BYTES = 16 * 1024 ** 3;

/** Refuses ranges that are unsorted, overlapping, empty or outside their window, whoever made them. */
export function checkRanges<R extends ByteRange>(ranges: R[], window: ByteRange): R[] {
  let free = window.offset;
  for (const { offset, length } of ranges) {
    if (!(Number.isSafeInteger(offset) && offset >= free && length > 0 && offset + length <= endOf(window))) {
      throw backupError(
        'DiskRangesInvalid',
        `range ${offset}+${length} in window ${window.offset}+${window.length}`,
      );
    }
    free = offset + length;
  }
  return ranges;
}

/** The ranges cut at chunk borders, grouped by the number of the chunk. Chunks come in order. */
export function rangesByChunk<R extends ByteRange>(ranges: readonly R[]): Map<number, R[]> {
  const chunks = new Map<number, R[]>();
  for (const range of ranges) {
    for (let offset = range.offset; offset < endOf(range); ) {
      const chunk = Math.floor(offset / CHUNK_BYTES);
      const end = Math.min(endOf(range), (chunk + 1) * CHUNK_BYTES);
      const pieces = chunks.get(chunk) ?? [];
      pieces.push({ ...range, offset, length: end - offset });
      chunks.set(chunk, pieces);
      offset = end;
    }
  }
  return chunks;
}

/**
 * The blocks of a chunk that these changes touch. A block that is cleared only in part has to be read again; the part of a
 * block beyond the end of the disk counts as cleared.
 */
export function touchedBlocks(changes: readonly ChangedRange[], chunk: number, diskBytes: number): BlockMap {
  const map = emptyBlockMap();
  const start = chunk * CHUNK_BYTES;
  const mark = (state: number, from: number, to: number) => map.fill(state, from, Math.max(from, to));
  for (const change of changes.filter((range) => range.cleared)) {
    const from = change.offset - start;
    const to = endOf(change) === diskBytes ? CHUNK_BYTES : endOf(change) - start;
    mark(BLOCK.data, Math.floor(from / BLOCK_BYTES), Math.ceil(to / BLOCK_BYTES));
    mark(BLOCK.zero, Math.ceil(from / BLOCK_BYTES), Math.floor(to / BLOCK_BYTES));
  }
  for (const change of changes.filter((range) => !range.cleared)) {
    const from = change.offset - start;
    mark(BLOCK.data, Math.floor(from / BLOCK_BYTES), Math.ceil((from + change.length) / BLOCK_BYTES));
  }
  return map;
}

/** Windows that cover `range` one after another. */
export function* windowsOf(range: ByteRange, windowBytes = LISTING_WINDOW_BYTES): Generator<ByteRange> {
  for (let offset = range.offset; offset < endOf(range); offset += windowBytes) {
    yield { offset, length: Math.min(windowBytes, endOf(range) - offset) };
  }
}

/** Joins ranges whose gap is at most `gapBytes`: fewer, larger reads. */
export function joinRanges(ranges: readonly ByteRange[], gapBytes: number): ByteRange[] {
  const joined: ByteRange[] = [];
  for (const { offset, length } of ranges) {
    const last = joined[joined.length - 1];
    if (last && offset - endOf(last) <= gapBytes) last.length = offset + length - last.offset;
    else joined.push({ offset, length });
  }
  return joined;
}

export const endOf = (range: ByteRange) => range.offset + range.length;

export const sumLengths = (ranges: readonly ByteRange[]) =>
  ranges.reduce((sum, range) => sum + range.length, 0);
