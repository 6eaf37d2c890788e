import type { ByteRange } from '../../disks/ports';
import { endOf } from '../../disks/ranges';
import { backupError } from '../../failures/failure';
import { ObjectError } from '../../storage/object-error';
import type { Lease } from '../codec/chunk-memory';
import type { DiskIndex } from '../format/index-codec';
import type { ManifestDisk } from '../format/manifest';
import { checkDiskId } from '../format/names';
import type { Segment } from '../format/segment';
import { notingDamage } from '../objects/damage-notes';
import { readIndex } from '../objects/read-index';
import { readPointInUse } from '../points/read-point';
import type { Vault } from '../vault';
import { byteReader } from './byte-reader';
import { chunkReader } from './chunk-reader';
import { dataRanges } from './data-ranges';
import { segmentEntries } from './segment-entries';

/**
 * One disk of a recovery point, readable anywhere. Holds at most about 80 MiB whatever the disk's size.
 * Content that turns out damaged or missing is noted down, whoever reads and why, so that the next backup
 * heals it.
 */
export interface DiskImage {
  readonly pointId: string;
  readonly diskId: string;
  readonly sizeBytes: number;
  /** Name of its index. */
  readonly indexName: string;
  /** Its segments; null where a whole GiB is zeros. */
  readonly index: DiskIndex;
  /** The bytes of `range`, every one checked against its name. Holes are not fetched. */
  read(range: ByteRange, signal?: AbortSignal): Promise<Buffer>;
  /** The runs that may hold data, at chunk precision, in order; what lies between reads as zeros. */
  dataRanges(window?: ByteRange): AsyncIterable<ByteRange>;
  /**
   * One chunk on loan, padded with zeros at the end of the disk; undefined for zeros. Give it back soon:
   * there are few.
   */
  readChunk(chunk: number, signal?: AbortSignal): Promise<Lease | undefined>;
  /**
   * Fills `target`, which is from `chunkBuffer`, with one chunk, padded with zeros at the end of the disk.
   * After an error anything may be in it.
   */
  readChunkInto(chunk: number, target: Buffer, signal?: AbortSignal): Promise<void>;
  /** Reads one chunk only to see that it can be read. */
  checkChunk(chunk: number, signal?: AbortSignal): Promise<void>;
  /** The entries of one segment. */
  readSegment(segment: number): Promise<Segment>;
}

/**
 * Opens a disk of a recovery point, also of one that was deleted while a job reads it: what may be begun is
 * for the job to ask first. Throws `RecoveryPointNotFound`, also for a disk that the point does not have.
 */
export async function openDiskImage(vault: Vault, pointId: string, diskId: string): Promise<DiskImage> {
  return diskImageOf(vault, pointId, await findDisk(vault, pointId, diskId));
}

/** A disk, or why nothing of it can be read: its index, and how much that costs. */
export type OpenedDisk = { image: DiskImage } | { unreadable: ObjectError; sizeBytes: number };

/** Opens a disk for whoever goes on when its index cannot be read. Throws like `openDiskImage` otherwise. */
export async function openDisk(vault: Vault, pointId: string, diskId: string): Promise<OpenedDisk> {
  const disk = await findDisk(vault, pointId, diskId);
  try {
    return { image: await diskImageOf(vault, pointId, disk) };
  } catch (error) {
    if (error instanceof ObjectError) return { unreadable: error, sizeBytes: disk.sizeBytes };
    throw error;
  }
}

async function findDisk(vault: Vault, pointId: string, diskId: string): Promise<ManifestDisk> {
  checkDiskId(diskId);
  const { disks } = await readPointInUse(vault, pointId);
  const disk = disks.find((candidate) => candidate.diskId === diskId);
  if (!disk) throw backupError('RecoveryPointNotFound', `recovery point ${pointId} has no disk ${diskId}`);
  return disk;
}

/** The image of a disk whose manifest is at hand. */
export async function diskImageOf(vault: Vault, pointId: string, disk: ManifestDisk): Promise<DiskImage> {
  const { store } = vault;
  const { diskId, sizeBytes } = disk;
  const index = await notingDamage(store, () => readIndex(store, disk.index, sizeBytes));
  const entries = segmentEntries(store, index, sizeBytes);
  const reader = chunkReader(vault);

  async function readChunk(chunk: number, signal?: AbortSignal): Promise<Lease | undefined> {
    const entry = await entries.entry(chunk);
    return entry && notingDamage(store, () => reader.read(entry, signal));
  }
  const readBytes = byteReader(readChunk);

  return {
    pointId,
    diskId,
    sizeBytes,
    indexName: disk.index,
    index,
    readChunk,
    async readChunkInto(chunk, target, signal) {
      const entry = await entries.entry(chunk);
      if (entry) await notingDamage(store, () => reader.readInto(entry, target, signal));
      else target.fill(0);
    },
    async checkChunk(chunk, signal) {
      const entry = await entries.entry(chunk);
      if (entry) await notingDamage(store, () => reader.check(entry, signal));
    },
    readSegment: entries.segment,
    async read(range, signal) {
      refuseOutside(range, sizeBytes);
      return readBytes(range, signal);
    },
    async *dataRanges(window = { offset: 0, length: sizeBytes }) {
      refuseOutside(window, sizeBytes);
      yield* dataRanges(index, entries, window);
    },
  };
}

function refuseOutside(range: ByteRange, sizeBytes: number): void {
  const sound = Number.isSafeInteger(range.offset) && Number.isSafeInteger(range.length);
  if (!sound || range.offset < 0 || range.length < 0 || endOf(range) > sizeBytes) {
    throw backupError(
      'DiskRangesInvalid',
      `${range.offset}+${range.length} is not inside a disk of ${sizeBytes} bytes`,
    );
  }
}
