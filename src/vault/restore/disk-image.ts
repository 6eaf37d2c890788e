import { orderedParallel } from '../../basics/ordered-parallel';
import { recentlyUsed } from '../../basics/recently-used';
import type { ByteRange } from '../../disks/ports';
import { endOf } from '../../disks/ranges';
import { backupError } from '../../failures/failure';
import { objectError } from '../../storage/object-error';
import type { Lease } from '../codec/chunk-memory';
import { CHUNK_BYTES, CHUNKS_PER_SEGMENT } from '../format/geometry';
import type { DiskIndex } from '../format/index-codec';
import type { ManifestDisk } from '../format/manifest';
import { checkDiskId } from '../format/names';
import type { ChunkEntry, Segment } from '../format/segment';
import { notingDamage } from '../objects/damage-notes';
import { readIndex, readSegment } from '../objects/read-index';
import { readPointInUse } from '../points/read-point';
import type { Vault } from '../vault';
import { chunkReader } from './chunk-reader';

const CHUNKS_KEPT = 8;
const SEGMENTS_KEPT = 16;
const READS_AT_ONCE = 4;

/** One disk of a recovery point, readable anywhere. Holds at most about 80 MiB whatever the disk's size. */
export interface DiskImage {
  readonly pointId: string;
  readonly diskId: string;
  readonly sizeBytes: number;
  /** Its segments; null where a whole GiB is zeros. */
  readonly index: DiskIndex;
  /** The bytes of `range`, every one checked against its name. Holes are not fetched. */
  read(range: ByteRange, signal?: AbortSignal): Promise<Buffer>;
  /** The runs that may hold data, at chunk precision, in order; what lies between reads as zeros. */
  dataRanges(window?: ByteRange): AsyncIterable<ByteRange>;
  /** One chunk on loan, padded with zeros at the end of the disk; undefined for zeros. Give it back soon: there are few. */
  readChunk(chunk: number, signal?: AbortSignal): Promise<Lease | undefined>;
  /** Reads one chunk only to see that it can be read. */
  checkChunk(chunk: number, signal?: AbortSignal): Promise<void>;
  /** The entries of one segment. */
  readSegment(segment: number): Promise<Segment>;
}

/**
 * Opens a disk of a recovery point, also of one that was deleted while a job reads it: what may be begun is for the job to ask first.
 * Throws `RecoveryPointNotFound`, also for a disk that the point does not have.
 */
export async function openDiskImage(vault: Vault, pointId: string, diskId: string): Promise<DiskImage> {
  checkDiskId(diskId);
  const { disks } = await readPointInUse(vault, pointId);
  const disk = disks.find((candidate) => candidate.diskId === diskId);
  if (!disk) throw backupError('RecoveryPointNotFound', `recovery point ${pointId} has no disk ${diskId}`);
  return diskImageOf(vault, pointId, disk);
}

/** The image of a disk whose manifest is at hand. */
export async function diskImageOf(vault: Vault, pointId: string, disk: ManifestDisk): Promise<DiskImage> {
  const { store } = vault;
  const { diskId, sizeBytes } = disk;
  const index = await notingDamage(store, () => readIndex(store, disk.index, sizeBytes));
  const lastChunk = Math.ceil(sizeBytes / CHUNK_BYTES) - 1;
  const reader = chunkReader(vault);

  const segments = recentlyUsed(SEGMENTS_KEPT, async (segment): Promise<Segment> => {
    const name = index[Number(segment)];
    if (!name) return [];
    const entries = await notingDamage(store, () => readSegment(store, name));
    if (Number(segment) * CHUNKS_PER_SEGMENT + entries.length - 1 > lastChunk) {
      throw objectError(
        'VaultObjectDamaged',
        `segments/${name}`,
        'it has entries beyond the end of the disk',
      );
    }
    return entries;
  });
  const entryOf = async (chunk: number): Promise<ChunkEntry | undefined> =>
    (await segments(String(Math.floor(chunk / CHUNKS_PER_SEGMENT))))[chunk % CHUNKS_PER_SEGMENT];
  const readChunk = async (chunk: number, signal?: AbortSignal) => {
    const entry = await entryOf(chunk);
    return entry && reader.read(entry, signal);
  };
  const chunks = recentlyUsed(CHUNKS_KEPT, async (chunk) => {
    const content = await readChunk(Number(chunk));
    try {
      return content && Buffer.from(content.bytes);
    } finally {
      content?.release();
    }
  });

  return {
    pointId,
    diskId,
    sizeBytes,
    index,
    readChunk,
    async checkChunk(chunk, signal) {
      const entry = await entryOf(chunk);
      if (entry) await reader.check(entry, signal);
    },
    readSegment: (segment) => segments(String(segment)),

    async read(range, signal) {
      refuseOutside(range, sizeBytes);
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
    },

    async *dataRanges(window = { offset: 0, length: sizeBytes }) {
      refuseOutside(window, sizeBytes);
      let run: ByteRange | undefined;
      for (
        let chunk = Math.floor(window.offset / CHUNK_BYTES);
        chunk * CHUNK_BYTES < endOf(window);
        chunk += 1
      ) {
        if (!index[Math.floor(chunk / CHUNKS_PER_SEGMENT)]) {
          chunk += CHUNKS_PER_SEGMENT - (chunk % CHUNKS_PER_SEGMENT) - 1;
          continue;
        }
        if (!(await entryOf(chunk))) continue;
        const offset = Math.max(chunk * CHUNK_BYTES, window.offset);
        const end = Math.min((chunk + 1) * CHUNK_BYTES, endOf(window));
        if (run && endOf(run) === offset) run.length += end - offset;
        else {
          if (run) yield run;
          run = { offset, length: end - offset };
        }
      }
      if (run) yield run;
    },
  };
}

function* chunksIn(range: ByteRange): Generator<number> {
  if (range.length === 0) return;
  for (let chunk = Math.floor(range.offset / CHUNK_BYTES); chunk * CHUNK_BYTES < endOf(range); chunk += 1)
    yield chunk;
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
