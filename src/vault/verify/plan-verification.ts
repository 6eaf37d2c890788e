import { orderedParallel } from '../../basics/ordered-parallel';
import { ObjectError } from '../../storage/object-error';
import { CHUNK_BYTES, SEGMENT_BYTES } from '../format/geometry';
import type { DiskImage } from '../restore/disk-image';
import { type RestorePlan, segmentsWithData } from '../restore/plan-restore';
import { verifyParts } from './verify-part';

/**
 * Cuts the verification of a disk into parts. A segment that cannot be read counts with all its bytes: it is
 * for `verifyPart` to report it, and to check the rest.
 */
export async function planVerification(image: DiskImage): Promise<RestorePlan> {
  const bytesOf = async (segment: number): Promise<number> => {
    try {
      const entries = await image.readSegment(segment);
      return entries.filter((entry) => entry !== undefined).length * CHUNK_BYTES;
    } catch (error) {
      if (error instanceof ObjectError) return SEGMENT_BYTES;
      throw error;
    }
  };
  let bytes = 0;
  for await (const found of orderedParallel(segmentsWithData(image), 8, bytesOf)) bytes += found;
  return { parts: verifyParts(image), bytes: Math.min(bytes, image.sizeBytes) };
}
