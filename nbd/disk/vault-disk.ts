import { orderedParallel } from '../../src/basics/ordered-parallel';
import type { ByteRange } from '../../src/disks/ports';
import { BackupError } from '../../src/failures/failure';
import { CHUNK_BYTES, CHUNKS_PER_SEGMENT } from '../../src/vault/format/geometry';
import { type ChunkEntry, contentNameOf, type Segment } from '../../src/vault/format/segment';
import type { DiskImage } from '../../src/vault/restore/disk-image';
import type { ChunkCache } from './chunk-cache';
import type { ChunkFiles } from './chunk-files';
import { readAhead } from './read-ahead';
import { addRun, piecesOf, type Run, type ServedDisk } from './served-disk';

/** While so many chunks are on their way, nobody reads ahead: what is asked for goes first. */
const LOADS_AT_ONCE = 4;

export interface VaultDiskOptions {
  /** In memory; may be shared by all disks of a server. */
  cache: ChunkCache;
  /** On disk. */
  files?: ChunkFiles;
  /** Hears of everything that could not be read, every time. */
  onRefused?: (range: ByteRange, error: BackupError) => void;
}

/** A disk of a recovery point, only to be read. Every byte was checked against its name. */
export function vaultDisk(image: DiskImage, { cache, files, onRefused }: VaultDiskOptions): ServedDisk {
  const chunksAhead = readAhead();
  const chunks = Math.ceil(image.sizeBytes / CHUNK_BYTES);

  const entryOf = async (chunk: number): Promise<ChunkEntry | undefined> =>
    (await image.readSegment(Math.floor(chunk / CHUNKS_PER_SEGMENT)))[chunk % CHUNKS_PER_SEGMENT];

  async function load(chunk: number, name: string | undefined, target: Buffer): Promise<void> {
    if (name && (await files?.read(name, target))) return;
    await image.readChunkInto(chunk, target);
    if (name) await files?.keep(name, target);
  }

  async function viewChunk<T>(chunk: number, use: (bytes: Buffer | undefined) => T): Promise<T> {
    const entry = await entryOf(chunk);
    if (!entry) return use(undefined);
    const name = contentNameOf(entry);
    const key = name ?? `${image.pointId}/${image.diskId}/${chunk}`;
    return cache.view(key, (target) => load(chunk, name, target), use);
  }

  const fetchChunk = (chunk: number) => viewChunk(chunk, () => undefined).catch(onlyKnown);

  return {
    sizeBytes: image.sizeBytes,

    async view(piece, use) {
      const chunk = Math.floor(piece.offset / CHUNK_BYTES);
      const from = piece.offset - chunk * CHUNK_BYTES;
      for (const next of chunksAhead(piece))
        if (next < chunks && cache.loading < LOADS_AT_ONCE) void fetchChunk(next);
      try {
        return await viewChunk(chunk, (bytes) => use(bytes?.subarray(from, from + piece.length)));
      } catch (error) {
        if (error instanceof BackupError) onRefused?.(piece, error);
        throw error;
      }
    },

    async runs(range, limit) {
      const runs: Run[] = [];
      let segment: { number: number; entries: Segment | undefined } | undefined;
      for (const piece of piecesOf(range, CHUNK_BYTES)) {
        if (runs.length > limit) break;
        const chunk = Math.floor(piece.offset / CHUNK_BYTES);
        const number = Math.floor(chunk / CHUNKS_PER_SEGMENT);
        if (segment?.number !== number)
          segment = { number, entries: await image.readSegment(number).catch(unknown) };
        // Of what nobody knows it must not be said that it is zeros: reading it tells what is wrong.
        const { entries } = segment;
        addRun(runs, piece.length, entries !== undefined && !entries[chunk % CHUNKS_PER_SEGMENT]);
      }
      return runs.slice(0, limit);
    },

    async prefetch(range) {
      // More than a part of the cache would drive out what others use.
      const first = Math.floor(range.offset / CHUNK_BYTES);
      const last = Math.ceil((range.offset + range.length) / CHUNK_BYTES);
      const wanted = Math.min(last - first, Math.ceil(cache.limit / 2));
      const list = Array.from({ length: wanted }, (_, place) => first + place);
      for await (const _done of orderedParallel(list, LOADS_AT_ONCE, fetchChunk));
    },

    async close() {},
  };
}

function unknown(error: unknown): undefined {
  if (!(error instanceof BackupError)) throw error;
  return undefined;
}

/** Who only fetches ahead does not mind what cannot be read: whoever asks for it will hear. */
const onlyKnown = unknown;
