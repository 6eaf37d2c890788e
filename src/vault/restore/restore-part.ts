import { orderedParallel } from '../../basics/ordered-parallel';
import type { ByteRange, DiskTarget } from '../../disks/ports';
import { joinRanges } from '../../disks/ranges';
import { backupError } from '../../failures/failure';
import { isDamage, type ObjectError } from '../../storage/object-error';
import { addDamage, type Damage, damageOf } from '../damage/damage';
import { BLOCK, emptyBlockMap, isZeroBlock, runsOf } from '../format/block-map';
import { BLOCK_BYTES, BLOCKS_PER_CHUNK, CHUNKS_PER_SEGMENT } from '../format/geometry';
import type { Segment } from '../format/segment';
import type { DiskImage, OpenedDisk } from './disk-image';
import { chunkOf, segmentRange, segmentsOfPart } from './plan-restore';

/** `chunkMemory` bounds what they hold. */
const CHUNKS_AT_ONCE = 12;
/** Zeros shorter than this are written along: cheaper than one more request. */
const WRITE_GAP_BYTES = 64 * 1024;

/** Absolute counts of a part so far. */
export interface RestoreProgress {
  /** Bytes of chunks that were read and checked, or found damaged. */
  readBytes: number;
  /** Bytes written to the disk. */
  writtenBytes: number;
}

export interface RestoreOptions {
  onProgress?: (progress: RestoreProgress) => void;
  /**
   * Told of every run that is damaged or missing, in the order of the disk; the rest is restored, and the run
   * reads as zeros. Without it the first damage is thrown.
   */
  onDamage?: (damage: Damage) => void;
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
  { onProgress, onDamage, signal }: RestoreOptions = {},
): Promise<RestoreProgress> {
  if (target.sizeBytes < image.sizeBytes) {
    throw backupError(
      'DiskTooSmall',
      `the target has ${target.sizeBytes} bytes, the disk ${image.sizeBytes}`,
    );
  }
  const progress: RestoreProgress = { readBytes: 0, writtenBytes: 0 };
  const orDamage = async (work: () => Promise<void>): Promise<ObjectError | undefined> => {
    try {
      await work();
      return undefined;
    } catch (error) {
      if (onDamage && isDamage(error)) return error;
      throw error;
    }
  };
  const restorePiece = async ({ chunk, damage, ...range }: Piece): Promise<Piece> => {
    signal?.throwIfAborted();
    const found =
      damage ?? (chunk === undefined ? undefined : await orDamage(() => restoreChunk(chunk, range)));
    progress.readBytes += range.length;
    onProgress?.({ ...progress });
    return { ...range, damage: found };
  };
  const restoreChunk = async (chunk: number, { offset: start, length: size }: ByteRange) => {
    const content = await image.readChunk(chunk, signal);
    if (!content) return;
    try {
      const bytes = content.bytes.subarray(0, size);
      for (const { offset, length } of dataIn(bytes)) {
        await target.write(start + offset, bytes.subarray(offset, offset + length), signal);
        progress.writtenBytes += length;
      }
    } finally {
      content.release();
    }
  };
  const pieces = piecesOf(image, part, orDamage);
  for await (const { damage, ...range } of orderedParallel(pieces, CHUNKS_AT_ONCE, restorePiece))
    if (damage) onDamage?.(damageOf(damage, range));
  return progress;
}

/**
 * The same for a disk whose index may be unreadable: all of it reads as zeros then. Goes on after damage, and
 * answers with all of it.
 */
export async function restoreOpenedPart(
  disk: OpenedDisk,
  target: DiskTarget,
  part: number,
  options: Omit<RestoreOptions, 'onDamage'>,
): Promise<RestoreProgress & { damage: Damage[] }> {
  const damage: Damage[] = [];
  if ('image' in disk) {
    const onDamage = (found: Damage) => addDamage(damage, found);
    return { ...(await restorePart(disk.image, target, part, { ...options, onDamage })), damage };
  }
  const { unreadable, sizeBytes } = disk;
  if (!isDamage(unreadable)) throw unreadable;
  addDamage(damage, damageOf(unreadable, { offset: 0, length: sizeBytes }));
  return { readBytes: sizeBytes, writtenBytes: 0, damage };
}

/** A chunk to restore, or a segment that cannot be read. */
interface Piece extends ByteRange {
  chunk?: number;
  damage?: ObjectError;
}

async function* piecesOf(
  image: DiskImage,
  part: number,
  orDamage: (work: () => Promise<void>) => Promise<ObjectError | undefined>,
): AsyncGenerator<Piece> {
  for (const segment of segmentsOfPart(image, part)) {
    let entries: Segment = [];
    const damage = await orDamage(async () => {
      entries = await image.readSegment(segment);
    });
    if (damage) yield { ...segmentRange(image, segment), damage };
    for (const [place, entry] of entries.entries())
      if (entry) yield { ...chunkOf(image, segment, place), chunk: segment * CHUNKS_PER_SEGMENT + place };
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
