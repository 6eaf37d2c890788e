import { orderedParallel } from '../../src/basics/ordered-parallel';
import type { ByteRange } from '../../src/disks/ports';
import { ObjectError } from '../../src/storage/object-error';
import { chunkBuffer } from '../../src/vault/codec/chunk-memory';
import { CHUNK_BYTES, CHUNKS_PER_SEGMENT, SEGMENT_BYTES } from '../../src/vault/format/geometry';
import type { ChunkEntry } from '../../src/vault/format/segment';
import type { DiskImage } from '../../src/vault/restore/disk-image';
import { chunkOf, segmentRange } from '../../src/vault/restore/plan-restore';

/** Chunks that are fetched ahead of the one that is written; each is 4 MiB in memory. */
const CHUNKS_AT_ONCE = 8;

/** A run of a disk, in order: data, zeros, or what cannot be read and why. */
export interface DiskPiece extends ByteRange {
  /** Absent for zeros. They are somebody else's when the next piece is taken. */
  bytes?: Buffer;
  damage?: ObjectError;
  /** Whether the bytes were not fetched, being there. */
  known?: boolean;
}

export interface ReadDiskOptions {
  /** Fills `target` with what is there of a chunk already; true when it is what the entry says. */
  isKnown?: (place: ByteRange, entry: ChunkEntry, target: Buffer) => Promise<boolean>;
  /** Done with each piece as soon as it is there, before it is its turn: several at once. */
  use?: (piece: DiskPiece) => Promise<void>;
  signal?: AbortSignal;
}

/**
 * All of a disk from its first byte to its last, every byte checked. An object that is lost costs its range;
 * a storage that refuses ends it.
 */
export async function* readDisk(image: DiskImage, options: ReadDiskOptions = {}): AsyncGenerator<DiskPiece> {
  const free: Buffer[] = [];
  const get = async (plan: Plan): Promise<DiskPiece> => {
    const { entry, damage, ...range } = plan;
    if (!entry) return { ...range, damage };
    const target = free.pop() ?? chunkBuffer();
    try {
      const known = (await options.isKnown?.(range, entry, target)) ?? false;
      if (!known) await image.readChunkInto(range.offset / CHUNK_BYTES, target, options.signal);
      return { ...range, bytes: target.subarray(0, range.length), known };
    } catch (error) {
      free.push(target);
      if (error instanceof ObjectError) return { ...range, damage: error };
      throw error;
    }
  };
  const work = async (plan: Plan): Promise<DiskPiece> => {
    options.signal?.throwIfAborted();
    const piece = await get(plan);
    await options.use?.(piece);
    return piece;
  };
  for await (const piece of orderedParallel(plansOf(image), CHUNKS_AT_ONCE, work)) {
    options.signal?.throwIfAborted();
    yield piece;
    if (piece.bytes?.length === CHUNK_BYTES) free.push(piece.bytes);
  }
}

interface Plan extends ByteRange {
  entry?: ChunkEntry;
  damage?: ObjectError;
}

async function* plansOf(image: DiskImage): AsyncGenerator<Plan> {
  for (const [segment, name] of image.index.entries()) {
    const start = segment * SEGMENT_BYTES;
    if (name === null) {
      yield segmentRange(image, segment);
      continue;
    }
    try {
      const entries = await image.readSegment(segment);
      for (
        let chunk = 0;
        chunk < CHUNKS_PER_SEGMENT && start + chunk * CHUNK_BYTES < image.sizeBytes;
        chunk += 1
      )
        yield { ...chunkOf(image, segment, chunk), entry: entries[chunk] };
    } catch (error) {
      if (!(error instanceof ObjectError)) throw error;
      yield { ...segmentRange(image, segment), damage: error };
    }
  }
}
