import { orderedParallel } from '../../basics/ordered-parallel';
import { recentlyUsed } from '../../basics/recently-used';
import type { ByteRange } from '../../disks/ports';
import { endOf } from '../../disks/ranges';
import type { Lease } from '../codec/chunk-memory';
import { CHUNK_BYTES } from '../format/geometry';

const CHUNKS_KEPT = 8;
const READS_AT_ONCE = 4;

/**
 * Reads any bytes of a disk by its chunks. Keeps the chunks it read last: who reads on often wants the rest
 * of them.
 */
export function byteReader(
  readChunk: (chunk: number) => Promise<Lease | undefined>,
): (range: ByteRange, signal?: AbortSignal) => Promise<Buffer> {
  const chunks = recentlyUsed(CHUNKS_KEPT, async (chunk) => {
    const content = await readChunk(Number(chunk));
    try {
      return content && Buffer.from(content.bytes);
    } finally {
      content?.release();
    }
  });
  return async (range, signal) => {
    const bytes = Buffer.alloc(range.length);
    const copy = async (chunk: number) => {
      signal?.throwIfAborted();
      const content = await chunks(String(chunk));
      const start = chunk * CHUNK_BYTES;
      content?.copy(
        bytes,
        Math.max(0, start - range.offset),
        Math.max(0, range.offset - start),
        endOf(range) - start,
      );
    };
    for await (const _copied of orderedParallel(chunksIn(range), READS_AT_ONCE, copy));
    return bytes;
  };
}

function* chunksIn(range: ByteRange): Generator<number> {
  if (range.length === 0) return;
  for (let chunk = Math.floor(range.offset / CHUNK_BYTES); chunk * CHUNK_BYTES < endOf(range); chunk += 1)
    yield chunk;
}
