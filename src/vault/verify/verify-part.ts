import { orderedParallel } from '../../basics/ordered-parallel';
import type { ByteRange } from '../../disks/ports';
import { ObjectError } from '../../storage/object-error';
import { addDamage, countDamage, type Damage, type DamageCounts, damageOf } from '../damage/damage';
import { CHUNK_BYTES } from '../format/geometry';
import { blobNames } from '../format/names';
import type { ChunkEntry } from '../format/segment';
import type { DiskImage, OpenedDisk } from '../restore/disk-image';
import {
  chunkOf,
  SEGMENTS_PER_PART,
  segmentRange,
  segmentsOfPart,
  segmentsWithData,
} from '../restore/plan-restore';
import type { Vault } from '../vault';
import { healedNotes } from './healed-notes';
import { inSample, type Sample } from './sample';
import { digestsIn, digestsVerifier, type SegmentDigests } from './segment-digests';

/** `chunkMemory` bounds what they hold. */
const CHUNKS_AT_ONCE = 12;

export interface VerifyReport extends DamageCounts {
  /** Chunks read back to the last byte and checked against their names. */
  checkedChunks: number;
  checkedBytes: number;
  /** Chunks that the sample left out. */
  skippedChunks: number;
  /** All of it, in the order of the disk; neighbours with one cause are one run. */
  damage: Damage[];
}

export interface VerifyOptions {
  /** All chunks when left out. */
  sample?: Sample;
  /** Bytes that were read back, or found damaged. */
  onProgress?: (progress: { readBytes: number }) => void;
  signal?: AbortSignal;
}

/**
 * The same for a disk whose index may be unreadable: then that is the damage, and all of the disk its range.
 */
export async function verifyOpenedPart(
  vault: Vault,
  disk: OpenedDisk,
  part: number,
  options: VerifyOptions,
): Promise<VerifyReport> {
  if ('image' in disk) return verifyPart(vault, disk.image, part, options);
  const damage = [damageOf(disk.unreadable, { offset: 0, length: disk.sizeBytes })];
  return { checkedChunks: 0, checkedBytes: 0, skippedChunks: 0, ...countDamage(damage), damage };
}

/** In how many parts a disk is verified: the same as it is restored. Reads nothing. */
export const verifyParts = (image: DiskImage): number =>
  Math.ceil(segmentsWithData(image).length / SEGMENTS_PER_PART);

/**
 * Reads one part of a disk back and checks every name, those of digests too. Damage is reported, noted down
 * so that the next backup heals it, and does not stop the rest from being checked. Notes about what is seen
 * to be whole are taken back.
 */
export async function verifyPart(
  vault: Vault,
  image: DiskImage,
  part: number,
  { sample, onProgress, signal }: VerifyOptions = {},
): Promise<VerifyReport> {
  const counts = { checkedChunks: 0, checkedBytes: 0, skippedChunks: 0 };
  const damage: Damage[] = [];
  let readBytes = 0;
  const notes = await healedNotes(vault.store);
  const verifyDigests = digestsVerifier(vault.store);
  const check = async (item: Item): Promise<Item> => {
    signal?.throwIfAborted();
    if (item.error) return item;
    try {
      if (item.digests) await verifyDigests(item.digests, signal);
      else await image.checkChunk(item.offset / CHUNK_BYTES, signal);
      return item;
    } catch (error) {
      if (error instanceof ObjectError) return { ...item, error };
      throw error;
    }
  };
  await notes.seen([blobNames.index(image.indexName)], signal);
  const items = itemsOf(image, part, sample, counts);
  for await (const item of orderedParallel(items, CHUNKS_AT_ONCE, check)) {
    const { error, digests, length } = item;
    if (error) addDamage(damage, damageOf(error, item, !digests));
    else await notes.seen(namesIn(image, item), signal);
    if (digests) continue;
    if (!error) {
      counts.checkedChunks += 1;
      counts.checkedBytes += length;
    }
    readBytes += length;
    onProgress?.({ readBytes });
  }
  return { ...counts, ...countDamage(damage), damage };
}

/** A chunk to check, digests, or a segment that cannot be read. */
interface Item extends ByteRange {
  segment: number;
  entry?: ChunkEntry;
  digests?: SegmentDigests;
  error?: ObjectError;
}

async function* itemsOf(
  image: DiskImage,
  part: number,
  sample: Sample | undefined,
  counts: { skippedChunks: number },
): AsyncGenerator<Item> {
  for (const segment of segmentsOfPart(image, part)) {
    try {
      const entries = await image.readSegment(segment);
      for (const [place, entry] of entries.entries()) {
        if (!entry) continue;
        if (inSample(sample, entry)) yield { ...chunkOf(image, segment, place), segment, entry };
        else counts.skippedChunks += 1;
      }
      for (const digests of digestsIn(entries)) {
        const first = chunkOf(image, segment, digests.firstPlace);
        const last = chunkOf(image, segment, digests.lastPlace);
        const length = last.offset + last.length - first.offset;
        yield { offset: first.offset, length, segment, digests };
      }
    } catch (error) {
      if (!(error instanceof ObjectError)) throw error;
      yield { ...segmentRange(image, segment), segment, error };
    }
  }
}

/** The blobs that an item has shown to be whole; of a pack only what was read. */
function namesIn({ index }: DiskImage, { segment, entry, digests }: Item): string[] {
  const segmentName = index[segment];
  const names = segmentName ? [blobNames.segment(segmentName)] : [];
  if (digests) names.push(blobNames.digests(digests.name));
  if (entry?.base) names.push(blobNames.chunk(entry.base.name));
  for (const { data } of entry?.patches ?? []) if (data) names.push(blobNames.pack(data.pack.name));
  return names;
}
