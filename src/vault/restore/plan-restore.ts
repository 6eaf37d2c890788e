import { orderedParallel } from '../../basics/ordered-parallel';
import { sumLengths } from '../../disks/ranges';
import { ObjectError } from '../../storage/object-error';
import { CHUNK_BYTES, CHUNKS_PER_SEGMENT, SEGMENT_BYTES } from '../format/geometry';
import type { DiskImage, OpenedDisk } from './disk-image';

/**
 * Segments with data in one part of a restore or a verification: at most 8 GiB, which takes 137 seconds at 60
 * MiB/s.
 */
export const SEGMENTS_PER_PART = 8;

export interface RestorePlan {
  /** Restore or verify each of 0 … `parts - 1`; none when the whole disk is zeros. */
  parts: number;
  /**
   * Bytes of the chunks that hold data, as long as they are on the disk: what will be read, or found
   * unreadable.
   */
  bytes: number;
}

/**
 * Cuts the restore or the verification of a disk into parts. Reads the index only. What cannot be read counts
 * with all its bytes: it is for the part to tell of it, and to go on with the rest.
 */
export const planReading = async (disk: OpenedDisk): Promise<RestorePlan> =>
  'unreadable' in disk ? { parts: 1, bytes: disk.sizeBytes } : planRestore(disk.image);

/** The same for a disk whose index could be read. */
export async function planRestore(image: DiskImage): Promise<RestorePlan> {
  const withData = segmentsWithData(image);
  let bytes = 0;
  for await (const found of orderedParallel(withData, 8, (segment) => bytesOf(image, segment)))
    bytes += found;
  return { parts: Math.ceil(withData.length / SEGMENTS_PER_PART), bytes };
}

async function bytesOf(image: DiskImage, segment: number): Promise<number> {
  try {
    const entries = await image.readSegment(segment);
    return sumLengths(entries.flatMap((entry, place) => (entry ? [chunkOf(image, segment, place)] : [])));
  } catch (error) {
    if (error instanceof ObjectError) return segmentRange(image, segment).length;
    throw error;
  }
}

/** Where a chunk of a segment lies on the disk; the last one ends with the disk. */
export const chunkOf = (image: DiskImage, segment: number, place: number) =>
  clip(image, (segment * CHUNKS_PER_SEGMENT + place) * CHUNK_BYTES, CHUNK_BYTES);

/** Where a segment lies on the disk. */
export const segmentRange = (image: DiskImage, segment: number) =>
  clip(image, segment * SEGMENT_BYTES, SEGMENT_BYTES);

const clip = ({ sizeBytes }: DiskImage, offset: number, length: number) => ({
  offset,
  length: Math.min(length, sizeBytes - offset),
});

/** The segments that a part restores. */
export const segmentsOfPart = (image: DiskImage, part: number) =>
  segmentsWithData(image).slice(part * SEGMENTS_PER_PART, (part + 1) * SEGMENTS_PER_PART);

/** The segments that are not all zeros. */
export const segmentsWithData = (image: DiskImage) =>
  image.index.flatMap((name, segment) => (name === null ? [] : [segment]));
