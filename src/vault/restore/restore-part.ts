import { orderedParallel } from '../../basics/ordered-parallel';
import type { DiskTarget } from '../../disks/ports';
import { joinRanges } from '../../disks/ranges';
import { backupError } from '../../failures/failure';
import { BLOCK, emptyBlockMap, isZeroBlock, runsOf } from '../format/block-map';
import { BLOCK_BYTES, BLOCKS_PER_CHUNK, CHUNK_BYTES, CHUNKS_PER_SEGMENT } from '../format/geometry';
import type { DiskImage } from './disk-image';
import { segmentsOfPart } from './plan-restore';

/** `chunkMemory` bounds what they hold. */
const CHUNKS_AT_ONCE = 12;
/** Zeros shorter than this are written along: cheaper than one more request. */
const WRITE_GAP_BYTES = 64 * 1024;

/** Absolute counts of a part so far. */
export interface RestoreProgress {
  /** Bytes of chunks that were read and checked. */
  readBytes: number;
  /** Bytes written to the disk. */
  writtenBytes: number;
}

export interface RestoreOptions {
  onProgress?: (progress: RestoreProgress) => void;
  signal?: AbortSignal;
}

/**
 * Writes one part of a disk to a new disk that reads as zeros: only data is written, in pieces of at most 4
 * MiB. May be repeated. When it throws or is aborted, every write it started has settled.
 */
export async function restorePart(
  image: DiskImage,
  target: DiskTarget,
  part: number,
  { onProgress, signal }: RestoreOptions = {},
): Promise<RestoreProgress> {
  if (target.sizeBytes < image.sizeBytes) {
    throw backupError(
      'DiskTooSmall',
      `the target has ${target.sizeBytes} bytes, the disk ${image.sizeBytes}`,
    );
  }
  const progress: RestoreProgress = { readBytes: 0, writtenBytes: 0 };
  const restoreChunk = async (chunk: number) => {
    signal?.throwIfAborted();
    const content = await image.readChunk(chunk, signal);
    if (!content) return;
    try {
      const start = chunk * CHUNK_BYTES;
      const bytes = content.bytes.subarray(0, Math.min(CHUNK_BYTES, image.sizeBytes - start));
      progress.readBytes += bytes.length;
      for (const { offset, length } of dataIn(bytes)) {
        await target.write(start + offset, bytes.subarray(offset, offset + length), signal);
        progress.writtenBytes += length;
      }
    } finally {
      content.release();
    }
    onProgress?.({ ...progress });
  };
  for await (const _done of orderedParallel(chunksOf(image, part), CHUNKS_AT_ONCE, restoreChunk));
  return progress;
}

async function* chunksOf(image: DiskImage, part: number): AsyncGenerator<number> {
  for (const segment of segmentsOfPart(image, part)) {
    const entries = await image.readSegment(segment);
    for (const [place, entry] of entries.entries()) if (entry) yield segment * CHUNKS_PER_SEGMENT + place;
  }
}

/** The runs of a chunk that are worth writing; `bytes` may end early at the end of the disk. */
function dataIn(bytes: Buffer) {
  const map = emptyBlockMap();
  for (let block = 0; block < BLOCKS_PER_CHUNK && block * BLOCK_BYTES < bytes.length; block += 1) {
    if (!isZeroBlock(bytes, block)) map[block] = BLOCK.data;
  }
  const ranges = runsOf(map).map(({ start, count }) => {
    const offset = start * BLOCK_BYTES;
    return { offset, length: Math.min(count * BLOCK_BYTES, bytes.length - offset) };
  });
  return joinRanges(ranges, WRITE_GAP_BYTES);
}
