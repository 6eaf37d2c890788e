import type { ByteRange } from '../../src/disks/ports';
import { CHUNK_BYTES } from '../../src/vault/format/geometry';

/** Readers that are followed at once: nbdcopy reads a disk at four places. */
const STREAMS = 8;
/** Who has read on for so long will read on. */
const BEGIN_BYTES = CHUNK_BYTES;
/** Requests of one reader overtake each other by this much. */
const SLACK_BYTES = CHUNK_BYTES;
const CHUNKS_AHEAD = 3;

interface Stream {
  end: number;
  /** Bytes that it has come on. */
  run: number;
  /** The first chunk that was not fetched ahead. */
  next: number;
}

/** Sees what is read of a disk, and says which chunks will be wanted next: none while reads jump about. */
export function readAhead(): (range: ByteRange) => number[] {
  const streams: Stream[] = [];
  return ({ offset, length }) => {
    const end = offset + length;
    const at = streams.findIndex((stream) => Math.abs(offset - stream.end) <= SLACK_BYTES);
    const [stream = { end: offset, run: 0, next: 0 }] = at < 0 ? [] : streams.splice(at, 1);
    streams.unshift(stream);
    if (streams.length > STREAMS) streams.pop();
    stream.run += Math.max(0, end - stream.end);
    stream.end = Math.max(stream.end, end);
    if (stream.run < BEGIN_BYTES) return [];
    const current = Math.floor((stream.end - 1) / CHUNK_BYTES);
    const from = Math.max(stream.next, current + 1);
    stream.next = Math.max(from, current + 1 + CHUNKS_AHEAD);
    return Array.from({ length: stream.next - from }, (_, place) => from + place);
  };
}
