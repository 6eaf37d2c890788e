import { orderedParallel } from '../../basics/ordered-parallel';
import { CHUNK_BYTES, CHUNKS_PER_SEGMENT } from '../format/geometry';
import type { DiskImage } from './disk-image';

/**
 * Segments with data in one part of a restore or a verification: at most 8 GiB, which takes 137 seconds at 60
 * MiB/s.
 */
export const SEGMENTS_PER_PART = 8;

export interface RestorePlan {
  /** Restore each of 0 … `parts - 1`; none when the whole disk is zeros. */
  parts: number;
  /** Bytes of the chunks that hold data, as long as they are on the disk: just what a restore reads. */
  bytes: number;
}

/** Cuts the restore of a disk into parts. Reads the index only. */
export async function planRestore(image: DiskImage): Promise<RestorePlan> {
  const withData = segmentsWithData(image);
  let bytes = 0;
  const read = async (segment: number) => ({ segment, entries: await image.readSegment(segment) });
  for await (const { segment, entries } of orderedParallel(withData, 8, read)) {
    for (const [place, entry] of entries.entries()) {
      const offset = (segment * CHUNKS_PER_SEGMENT + place) * CHUNK_BYTES;
      if (entry) bytes += Math.min(CHUNK_BYTES, image.sizeBytes - offset);
    }
  }
  return { parts: Math.ceil(withData.length / SEGMENTS_PER_PART), bytes };
}

/** The segments that a part restores. */
export const segmentsOfPart = (image: DiskImage, part: number) =>
  segmentsWithData(image).slice(part * SEGMENTS_PER_PART, (part + 1) * SEGMENTS_PER_PART);

/** The segments that are not all zeros. */
export const segmentsWithData = (image: DiskImage) =>
  image.index.flatMap((name, segment) => (name === null ? [] : [segment]));
