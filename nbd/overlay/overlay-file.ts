import { type FileHandle, open, unlink } from 'node:fs/promises';
import { z } from 'zod';
import { parseJson } from '../../src/basics/parse-json';
import { BackupError, backupError } from '../../src/failures/failure';
import { CHUNK_BYTES } from '../../src/vault/format/geometry';
import { STATES_BYTES } from './block-states';
import { takeLock } from './overlay-lock';

const HEADER_BYTES = 4096;
const READ_BYTES = 1024 * 1024;

/** Which disk an overlay lies over. */
export interface OverlaidDiskId {
  pointId: string;
  diskId: string;
  sizeBytes: number;
}

const headerSchema = z.strictObject({
  format: z.literal('durable-vm-backup overlay'),
  version: z.literal(1),
  pointId: z.string(),
  diskId: z.string(),
  sizeBytes: z.number().int(),
});

/**
 * What was written to a disk of a point: a sparse file of a header of 4 KiB, the states of the blocks of
 * every chunk (256 bytes each, two bits a block), and behind them, from the next whole chunk on, the disk's
 * bytes at their own places. What it holds after a crash is what was there at the last `sync`, and perhaps
 * some of what was written since.
 */
export interface OverlayFile {
  /** The states of a chunk's blocks; undefined while nothing of it was written. */
  states(chunk: number): Uint8Array | undefined;
  /** The same to be changed: it is written down with the next `sync`. */
  changeStates(chunk: number): Uint8Array;
  read(offset: number, target: Buffer): Promise<void>;
  write(offset: number, bytes: Buffer): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the overlay of a disk, or makes it. Nobody else may have it open: `OverlayInUse`. A file that is
 * something else stays as it is: `OverlayNotOfDisk`. With `keep: false` it is gone as soon as it is closed,
 * or the process is.
 */
export async function openOverlay(
  file: string,
  disk: OverlaidDiskId,
  { keep }: { keep: boolean },
): Promise<OverlayFile> {
  const unlock = keep ? await takeLock(file) : async () => {};
  let handle: FileHandle | undefined;
  try {
    const opened = await told(() => openOrMake(file));
    handle = opened;
    if (!keep) await told(() => unlink(file));
    const states = await told(() => readOrBegin(opened, file, disk));
    return overlayOf(opened, disk.sizeBytes, states, unlock);
  } catch (error) {
    await handle?.close();
    await unlock();
    throw error;
  }
}

async function openOrMake(file: string): Promise<FileHandle> {
  try {
    return await open(file, 'wx+', 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return open(file, 'r+');
  }
}

type States = Map<number, Uint8Array>;

const chunksOf = (sizeBytes: number) => Math.ceil(sizeBytes / CHUNK_BYTES);
const statesEnd = (sizeBytes: number) => HEADER_BYTES + chunksOf(sizeBytes) * STATES_BYTES;

async function readOrBegin(handle: FileHandle, file: string, disk: OverlaidDiskId): Promise<States> {
  const { size } = await handle.stat();
  if (size === 0) {
    const header = Buffer.alloc(HEADER_BYTES, ' ');
    header.write(JSON.stringify({ format: 'durable-vm-backup overlay', version: 1, ...disk }));
    await writeAll(handle, header, 0);
    await handle.truncate(statesEnd(disk.sizeBytes));
    return new Map();
  }
  const header = Buffer.alloc(HEADER_BYTES);
  await handle.read(header, 0, HEADER_BYTES, 0);
  const found = headerSchema.safeParse(parseJson(header.toString('utf8'))).data;
  const { pointId, diskId, sizeBytes } = disk;
  if (!found) throw backupError('OverlayNotOfDisk', `${file} is no overlay`);
  if (found.pointId !== pointId || found.diskId !== diskId || found.sizeBytes !== sizeBytes) {
    const told = `${file} is of ${found.pointId}/${found.diskId}, not of ${pointId}/${diskId}`;
    throw backupError('OverlayNotOfDisk', told);
  }
  return readStates(handle, disk.sizeBytes);
}

async function readStates(handle: FileHandle, sizeBytes: number): Promise<States> {
  const states: States = new Map();
  const window = Buffer.alloc(READ_BYTES);
  for (let at = HEADER_BYTES; at < statesEnd(sizeBytes); at += READ_BYTES) {
    const { bytesRead } = await handle.read(window, 0, READ_BYTES, at);
    const first = (at - HEADER_BYTES) / STATES_BYTES;
    for (let place = 0; (place + 1) * STATES_BYTES <= bytesRead; place += 1) {
      if (first + place >= chunksOf(sizeBytes)) break;
      const one = window.subarray(place * STATES_BYTES, (place + 1) * STATES_BYTES);
      if (one.some((byte) => byte !== 0)) states.set(first + place, Uint8Array.from(one));
    }
  }
  return states;
}

function overlayOf(
  handle: FileHandle,
  sizeBytes: number,
  states: States,
  unlock: () => Promise<void>,
): OverlayFile {
  const dataAt = Math.ceil(statesEnd(sizeBytes) / CHUNK_BYTES) * CHUNK_BYTES;
  const changed = new Set<number>();
  let syncing: Promise<void> = Promise.resolve();

  /** Data first, then the states that lead to them, as they were before: never the other way round. */
  async function writeDown(): Promise<void> {
    const records = [...changed].map((chunk) => [chunk, Buffer.from(states.get(chunk) ?? [])] as const);
    changed.clear();
    try {
      await handle.datasync();
      for (const [chunk, record] of records)
        await writeAll(handle, record, HEADER_BYTES + chunk * STATES_BYTES);
      if (records.length > 0) await handle.datasync();
    } catch (error) {
      for (const [chunk] of records) changed.add(chunk);
      throw error;
    }
  }
  const sync = () => {
    const mine = syncing.then(() => told(writeDown));
    syncing = mine.catch(() => undefined);
    return mine;
  };

  return {
    states: (chunk) => states.get(chunk),
    changeStates(chunk) {
      changed.add(chunk);
      const known = states.get(chunk) ?? new Uint8Array(STATES_BYTES);
      states.set(chunk, known);
      return known;
    },
    read: (offset, target) => told(() => readAll(handle, target, dataAt + offset)),
    write: (offset, bytes) => told(() => writeAll(handle, bytes, dataAt + offset)),
    sync,
    async close() {
      try {
        await sync();
      } finally {
        await handle.close();
        await unlock();
      }
    },
  };
}

/** Behind the end of the file are zeros, as in its holes. */
async function readAll(handle: FileHandle, target: Buffer, at: number): Promise<void> {
  for (let filled = 0; filled < target.length; ) {
    const { bytesRead } = await handle.read(target, filled, target.length - filled, at + filled);
    if (bytesRead === 0) target.fill(0, filled);
    filled += bytesRead === 0 ? target.length : bytesRead;
  }
}

async function writeAll(handle: FileHandle, bytes: Buffer, at: number): Promise<void> {
  for (let written = 0; written < bytes.length; )
    written += (await handle.write(bytes, written, bytes.length - written, at + written)).bytesWritten;
}

/** What the file system refused, in the words of the catalogue. */
async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof BackupError) throw error;
    throw backupError('OverlayFailed', (error as Error).message, { cause: error });
  }
}
