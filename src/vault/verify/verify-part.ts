import { orderedParallel } from '../../basics/ordered-parallel';
import type { ByteRange } from '../../disks/ports';
import type { Failure } from '../../failures/failure';
import { ObjectError } from '../../storage/object-error';
import { CHUNK_BYTES, CHUNKS_PER_SEGMENT, SEGMENT_BYTES } from '../format/geometry';
import type { ChunkEntry } from '../format/segment';
import { noteDamage } from '../objects/damage-notes';
import type { DiskImage } from '../restore/disk-image';
import { SEGMENTS_PER_PART, segmentsOfPart, segmentsWithData } from '../restore/plan-restore';
import type { Vault } from '../vault';
import { inSample, type Sample } from './sample';

/** `chunkMemory` bounds what they hold. */
const CHUNKS_AT_ONCE = 12;
/** Pieces of damage that a report lists; it counts all. */
const DAMAGE_LISTED = 100;

/** A run of a disk that cannot be restored, and why. */
export interface Damage extends ByteRange {
  object: string;
  code: Failure['code'];
}

export interface VerifyReport {
  /** Chunks read back to the last byte and checked against their names. */
  checkedChunks: number;
  checkedBytes: number;
  /** Chunks that the sample left out. */
  skippedChunks: number;
  damagedBytes: number;
  /** The first 100, in the order of the disk; neighbours with one cause are one run. */
  damage: Damage[];
}

export interface VerifyOptions {
  /** All chunks when left out. */
  sample?: Sample;
  onProgress?: (progress: { checkedBytes: number }) => void;
  signal?: AbortSignal;
}

/** In how many parts a disk is verified: the same as it is restored. Reads nothing. */
export const verifyParts = (image: DiskImage): number =>
  Math.ceil(segmentsWithData(image).length / SEGMENTS_PER_PART);

/**
 * Reads one part of a disk back and checks every name. Damage is reported, noted down so that the next backup
 * heals it, and does not stop the rest from being checked.
 */
export async function verifyPart(
  vault: Vault,
  image: DiskImage,
  part: number,
  { sample, onProgress, signal }: VerifyOptions = {},
): Promise<VerifyReport> {
  const report: VerifyReport = {
    checkedChunks: 0,
    checkedBytes: 0,
    skippedChunks: 0,
    damagedBytes: 0,
    damage: [],
  };
  const check = async (item: Item): Promise<Item> => {
    if (item.error || !item.entry) return item;
    try {
      signal?.throwIfAborted();
      await image.checkChunk(item.offset / CHUNK_BYTES, signal);
      return item;
    } catch (error) {
      if (error instanceof ObjectError) return { ...item, error };
      throw error;
    }
  };
  for await (const item of orderedParallel(itemsOf(image, part, sample, report), CHUNKS_AT_ONCE, check)) {
    if (item.error) {
      await noteDamage(vault.store, item.error);
      addDamage(report, item, item.error);
    } else {
      report.checkedChunks += 1;
      report.checkedBytes += item.length;
      onProgress?.({ checkedBytes: report.checkedBytes });
    }
  }
  return report;
}

/** A chunk to check, or a segment that cannot be read. */
interface Item extends ByteRange {
  entry?: ChunkEntry;
  error?: ObjectError;
}

async function* itemsOf(
  image: DiskImage,
  part: number,
  sample: Sample | undefined,
  report: VerifyReport,
): AsyncGenerator<Item> {
  const clip = (offset: number, length: number) => ({
    offset,
    length: Math.min(length, image.sizeBytes - offset),
  });
  for (const segment of segmentsOfPart(image, part)) {
    try {
      const entries = await image.readSegment(segment);
      for (const [place, entry] of entries.entries()) {
        const chunk = segment * CHUNKS_PER_SEGMENT + place;
        if (!entry) continue;
        if (inSample(sample, entry)) yield { ...clip(chunk * CHUNK_BYTES, CHUNK_BYTES), entry };
        else report.skippedChunks += 1;
      }
    } catch (error) {
      if (!(error instanceof ObjectError)) throw error;
      yield { ...clip(segment * SEGMENT_BYTES, SEGMENT_BYTES), error };
    }
  }
}

function addDamage(report: VerifyReport, { offset, length }: ByteRange, error: ObjectError): void {
  report.damagedBytes += length;
  const last = report.damage[report.damage.length - 1];
  const found: Damage = { offset, length, object: error.objectName, code: error.failure.code };
  if (last?.object === found.object && last.code === found.code && last.offset + last.length === offset) {
    last.length += length;
  } else if (report.damage.length < DAMAGE_LISTED) report.damage.push(found);
}
