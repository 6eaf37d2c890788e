import type { ByteRange, ChangedRange } from '../../disks/ports';
import { endOf } from '../../disks/ranges';
import { BLOCK, type BlockMap, emptyBlockMap } from '../format/block-map';
import { BLOCK_BYTES, CHUNK_BYTES } from '../format/geometry';

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
 * The blocks of a chunk that these changes touch. A block that is cleared only in part has to be read again;
 * the part of a block beyond the end of the disk counts as cleared.
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
