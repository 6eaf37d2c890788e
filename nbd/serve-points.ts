import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ByteRange } from '../src/disks/ports';
import { BackupError, backupError } from '../src/failures/failure';
import { ObjectError } from '../src/storage/object-error';
import { CHUNK_BYTES } from '../src/vault/format/geometry';
import type { ManifestDisk } from '../src/vault/format/manifest';
import { readPoint } from '../src/vault/points';
import { diskImageOf } from '../src/vault/restore/disk-image';
import type { Vault } from '../src/vault/vault';
import type { ServeAddress } from './address';
import type { Export } from './connection/export';
import { type ChunkCache, chunkCache } from './disk/chunk-cache';
import { type ChunkFiles, chunkFiles } from './disk/chunk-files';
import type { ServedDisk } from './disk/served-disk';
import { vaultDisk } from './disk/vault-disk';
import { overlaidDisk } from './overlay/overlaid-disk';
import { openOverlay } from './overlay/overlay-file';
import { type NbdServer, startNbdServer } from './server';

/** Kept in memory unless somebody says otherwise: with all else the process stays below 192 MiB. */
const CACHE_BYTES = 32 * 2 ** 20;
/** Fewer would stop readers at several places from getting on. */
const FEWEST_CHUNKS = 4;

export interface ServeOptions {
  /** Points by their ids; all their disks, or those that are named. */
  points: { pointId: string; diskIds?: string[] }[];
  /** A new Unix socket in a folder of its own when left out. */
  address?: ServeAddress;
  /**
   * Lets clients write, into a file beside the vault: the one named here, with `.DISK` behind it where there
   * are several disks; or one that is gone when the server is.
   */
  writable?: { overlay?: string };
  /** Memory for chunks that are read again; 32 MiB when left out. */
  cacheBytes?: number;
  /** Chunks on disk, by their names, also for the next time. */
  cacheFolder?: { folder: string; maxBytes: number };
  /** Sentences for whoever watches: what cannot be read, and why. The same one is told once. */
  onNote?: (note: string) => void;
}

/**
 * Serves the disks of recovery points as block devices (NBD), each as `POINT/DISK`. The vault is never
 * written. What of a disk cannot be read is an I/O error there and a note here; the rest goes on. Throws
 * `RecoveryPointNotFound`, `ServeAddressRefused`, `ServeAddressInUse`, `OverlayInUse`, `OverlayNotOfDisk`,
 * and what the vault says when no disk can be opened.
 */
export async function servePoints(vault: Vault, options: ServeOptions): Promise<NbdServer> {
  const cache = chunkCache(
    Math.max(FEWEST_CHUNKS, Math.floor((options.cacheBytes ?? CACHE_BYTES) / CHUNK_BYTES)),
  );
  const { cacheFolder } = options;
  const files = cacheFolder && chunkFiles(cacheFolder.folder, cacheFolder.maxBytes);
  const note = withoutRepeats(options.onNote ?? (() => undefined));
  const exports: Export[] = [];
  const own = options.address ? undefined : ownSocket();
  try {
    exports.push(...(await openExports(vault, options, { cache, files, note })));
    const address = options.address ?? { socket: path.join(own ?? '', 'nbd.sock') };
    const server = await startNbdServer({ address, exports, onError: (error) => noteUnknown(note, error) });
    return {
      ...server,
      async close() {
        await server.close();
        if (own) rmSync(own, { recursive: true, force: true });
      },
    };
  } catch (error) {
    for (const { disk } of exports) await disk.close();
    if (own) rmSync(own, { recursive: true, force: true });
    throw error;
  }
}

interface Serving {
  cache: ChunkCache;
  files?: ChunkFiles;
  note: (text: string) => void;
}

interface Wanted {
  pointId: string;
  disk: ManifestDisk;
  description: string;
}

/** Opens what was asked for; a disk that cannot be opened costs itself, unless it is the last one. */
async function openExports(vault: Vault, options: ServeOptions, serving: Serving): Promise<Export[]> {
  const wanted = await wantedDisks(vault, options.points);
  const exports: Export[] = [];
  let lost: BackupError | undefined;
  try {
    for (const one of wanted) {
      const name = `${one.pointId}/${one.disk.diskId}`;
      try {
        const image = await diskImageOf(vault, one.pointId, one.disk);
        const onRefused = (range: ByteRange, error: BackupError) =>
          serving.note(`${name} ${placeOf(range, error)}: ${error.message}`);
        const base = vaultDisk(image, { cache: serving.cache, files: serving.files, onRefused });
        const disk = await withOverlay(base, one, options.writable, wanted.length > 1);
        exports.push({ name, description: one.description, disk });
      } catch (error) {
        if (!(error instanceof ObjectError)) throw error;
        lost = error;
        serving.note(`${name} is not served: ${error.message}`);
      }
    }
  } catch (error) {
    for (const { disk } of exports) await disk.close();
    throw error;
  }
  if (exports.length === 0 && lost) throw lost;
  return exports;
}

async function wantedDisks(vault: Vault, points: ServeOptions['points']): Promise<Wanted[]> {
  const wanted: Wanted[] = [];
  for (const { pointId, diskIds } of points) {
    const point = await readPoint(vault, pointId);
    for (const diskId of diskIds ?? point.disks.map((disk) => disk.diskId)) {
      const disk = point.disks.find((one) => one.diskId === diskId);
      if (!disk)
        throw backupError('RecoveryPointNotFound', `recovery point ${pointId} has no disk ${diskId}`);
      const description = `${disk.name} of ${point.vmKey}, ${point.snapshotTime}`;
      wanted.push({ pointId, disk, description });
    }
  }
  return wanted;
}

async function withOverlay(
  base: ServedDisk,
  { pointId, disk }: Wanted,
  writable: ServeOptions['writable'],
  isOneOfMany: boolean,
): Promise<ServedDisk> {
  if (!writable) return base;
  const { diskId, sizeBytes } = disk;
  const kept = writable.overlay && (isOneOfMany ? `${writable.overlay}.${diskId}` : writable.overlay);
  if (kept)
    return overlaidDisk(base, await openOverlay(kept, { pointId, diskId, sizeBytes }, { keep: true }));
  const scratch = mkdtempSync(path.join(tmpdir(), 'vmbackup-overlay-'));
  try {
    const file = path.join(scratch, 'overlay');
    return overlaidDisk(base, await openOverlay(file, { pointId, diskId, sizeBytes }, { keep: false }));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

const ownSocket = () => mkdtempSync(path.join(process.env.XDG_RUNTIME_DIR ?? tmpdir(), 'vmbackup-'));

/** The chunk that an object is missing in; the whole disk may be meant where the storage refuses. */
const placeOf = ({ offset, length }: ByteRange, error: BackupError) => {
  const start = offset - (offset % CHUNK_BYTES);
  const end = Math.ceil((offset + length) / CHUNK_BYTES) * CHUNK_BYTES;
  return error instanceof ObjectError ? `cannot be read at ${start}+${end - start}` : 'cannot be read now';
};

function noteUnknown(note: (text: string) => void, error: unknown): void {
  // Those of the vault were told with their place.
  if (error instanceof BackupError && error.failure.code !== 'OverlayFailed') return;
  note(error instanceof Error ? error.message : String(error));
}

/** How many sentences are remembered, so that the same are not told over and over. */
const NOTES_REMEMBERED = 1000;

function withoutRepeats(tell: (note: string) => void): (note: string) => void {
  const told = new Set<string>();
  return (note) => {
    if (told.has(note)) return;
    if (told.size >= NOTES_REMEMBERED) told.clear();
    told.add(note);
    tell(note);
  };
}
