import { sumOf } from '../basics/sum-of';
import { backupError } from '../failures/failure';
import type { ByteRange } from './ports';

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

export const sumLengths = (ranges: readonly ByteRange[]) => sumOf(ranges, ({ length }) => length);
