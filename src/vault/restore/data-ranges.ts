import type { ByteRange } from '../../disks/ports';
import { endOf } from '../../disks/ranges';
import { CHUNK_BYTES, CHUNKS_PER_SEGMENT } from '../format/geometry';
import type { DiskIndex } from '../format/index-codec';
import type { SegmentEntries } from './segment-entries';

/**
 * The runs within a window of a disk that may hold data, at chunk precision, in order. Segments of zeros are
 * passed over unread.
 */
export async function* dataRanges(
  index: DiskIndex,
  entries: SegmentEntries,
  window: ByteRange,
): AsyncGenerator<ByteRange> {
  let run: ByteRange | undefined;
  for (let chunk = Math.floor(window.offset / CHUNK_BYTES); chunk * CHUNK_BYTES < endOf(window); chunk += 1) {
    if (!index[Math.floor(chunk / CHUNKS_PER_SEGMENT)]) {
      chunk += CHUNKS_PER_SEGMENT - (chunk % CHUNKS_PER_SEGMENT) - 1;
      continue;
    }
    if (!(await entries.entry(chunk))) continue;
    const offset = Math.max(chunk * CHUNK_BYTES, window.offset);
    const end = Math.min((chunk + 1) * CHUNK_BYTES, endOf(window));
    if (run && endOf(run) === offset) run.length += end - offset;
    else {
      if (run) yield run;
      run = { offset, length: end - offset };
    }
  }
  if (run) yield run;
}
