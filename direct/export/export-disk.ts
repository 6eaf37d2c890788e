import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { type FileHandle, open, rename } from 'node:fs/promises';
import { nonZeroRuns } from '../../src/disks/non-zero-runs';
import { BackupError, backupError, type Failure } from '../../src/failures/failure';
import { CHUNK_BYTES } from '../../src/vault/format/geometry';
import { readPoint } from '../../src/vault/points';
import { openDiskImage } from '../../src/vault/restore/disk-image';
import type { Vault } from '../../src/vault/vault';
import { addDamage, type DamagedRange, damageInWords } from './damage';
import { knownChunks } from './known-chunks';
import { type DiskPiece, readDisk } from './read-disk';
import { vhdTail } from './vhd-tail';
import { hashZeros } from './zeros';

export interface ExportOptions {
  pointId: string;
  /** `os` or `lun-N`. */
  diskId: string;
  /** The file to make; until it is whole it is called `FILE.partial`. */
  file: string;
  /** Raw bytes, or a fixed VHD as Azure takes it. */
  format?: 'raw' | 'vhd';
  /** Goes on with `FILE.partial` where there is one: what it holds is checked, the rest is fetched. */
  resume?: boolean;
  /** Makes the file although parts cannot be read; they are zeros in it. */
  skipDamaged?: boolean;
  /** False leaves the SHA-256 away, for which the holes of a disk have to be hashed too. */
  digest?: boolean;
  onProgress?: (progress: ExportProgress) => void;
  signal?: AbortSignal;
}

export interface ExportProgress {
  /** How far it has come on the disk, zeros included, and how far it has to go. */
  doneBytes: number;
  totalBytes: number;
  fetchedBytes: number;
}

export interface ExportedDisk {
  ok: true;
  file: string;
  /** Of the file. */
  sizeBytes: number;
  /** Of the whole file, lower-case hex; absent when it was not asked for. */
  sha256?: string;
  /** Of the data, what came from the vault, and what was there. */
  fetchedBytes: number;
  reusedBytes: number;
  /** With `skipDamaged`: what are zeros in the file and should not be. */
  damage: DamagedRange[];
}

/** Parts cannot be read: there is no file but the unfinished one. */
export interface RefusedExport {
  ok: false;
  failure: Failure;
  damage: DamagedRange[];
  partial: string;
}

/**
 * Writes a disk of a recovery point to a file, sparse where the file system can. There is a file of that
 * name only when all of it is there; whatever ends it before leaves `FILE.partial` to go on with. Throws
 * `RecoveryPointNotFound`, `ExportExists`, `ExportFileFailed`, and what the storage refuses.
 */
export async function exportDisk(
  vault: Vault,
  options: ExportOptions,
): Promise<ExportedDisk | RefusedExport> {
  const { pointId, diskId, file } = options;
  await readPoint(vault, pointId);
  const image = await openDiskImage(vault, pointId, diskId);
  const partial = `${file}.partial`;
  if (existsSync(file)) throw backupError('ExportExists', file);
  const handle = await told(partial, () => openPartial(partial, options.resume ?? false));
  try {
    const state = newState(image.sizeBytes, options);
    const isKnown = options.resume ? knownChunks(vault, handle) : undefined;
    const use = (piece: DiskPiece) => told(partial, () => writePiece(handle, piece, options.resume ?? false));
    for await (const piece of readDisk(image, { isKnown, use, signal: options.signal })) {
      await account(state, piece);
      options.onProgress?.({ ...state.progress });
    }
    const { damage } = state;
    if (damage.length > 0 && !options.skipDamaged) {
      const { failure } = backupError('ExportIncomplete', `${pointId}/${diskId}: ${damageInWords(damage)}`);
      return { ok: false, failure, damage, partial };
    }
    const tail =
      options.format === 'vhd' ? vhdTail(image.sizeBytes, `${pointId}/${diskId}`) : Buffer.alloc(0);
    await told(partial, () => finish(handle, image.sizeBytes, tail));
    await told(partial, () => rename(partial, file));
    const { fetchedBytes } = state.progress;
    const { hash, reusedBytes } = state;
    const sizeBytes = image.sizeBytes + tail.length;
    const sha256 = hash?.update(tail).digest('hex');
    return { ok: true, file, sizeBytes, sha256, fetchedBytes, reusedBytes, damage };
  } finally {
    await handle.close();
  }
}

async function openPartial(partial: string, resume: boolean): Promise<FileHandle> {
  try {
    return await open(partial, 'wx+');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    if (!resume) throw backupError('ExportExists', partial);
    return open(partial, 'r+');
  }
}

const newState = (totalBytes: number, { digest = true }: ExportOptions) => ({
  hash: digest ? createHash('sha256') : undefined,
  progress: { doneBytes: 0, totalBytes, fetchedBytes: 0 } satisfies ExportProgress,
  reusedBytes: 0,
  damage: [] as DamagedRange[],
});

async function account(state: ReturnType<typeof newState>, piece: DiskPiece): Promise<void> {
  if (piece.damage) addDamage(state.damage, piece, piece.damage);
  if (piece.known) state.reusedBytes += piece.length;
  else if (piece.bytes) state.progress.fetchedBytes += piece.length;
  if (state.hash && piece.bytes) state.hash.update(piece.bytes);
  else if (state.hash) await hashZeros(state.hash, piece.length);
  state.progress.doneBytes += piece.length;
}

/** Zeros are not written to a new file; in one that was begun there may be something else in their place. */
async function writePiece(handle: FileHandle, piece: DiskPiece, begun: boolean): Promise<void> {
  const { bytes, offset, length, known } = piece;
  if (known) return;
  if (!bytes) {
    if (begun) await clear(handle, offset, length);
    return;
  }
  if (begun) return writeAll(handle, bytes, offset);
  for (const run of nonZeroRuns(bytes, CHUNK_BYTES))
    await writeAll(handle, bytes.subarray(run.offset, run.offset + run.length), offset + run.offset);
}

/** Makes a range read as zeros, and writes only where it does not. */
async function clear(handle: FileHandle, offset: number, length: number): Promise<void> {
  const window = Buffer.allocUnsafeSlow(Math.min(length, CHUNK_BYTES));
  for (let at = 0; at < length; at += window.length) {
    const { bytesRead } = await handle.read(window, 0, Math.min(window.length, length - at), offset + at);
    if (bytesRead === 0) return;
    for (const run of nonZeroRuns(window.subarray(0, bytesRead), CHUNK_BYTES))
      await writeAll(handle, Buffer.alloc(run.length), offset + at + run.offset);
  }
}

async function writeAll(handle: FileHandle, bytes: Buffer, at: number): Promise<void> {
  for (let written = 0; written < bytes.length; )
    written += (await handle.write(bytes, written, bytes.length - written, at + written)).bytesWritten;
}

async function finish(handle: FileHandle, sizeBytes: number, tail: Buffer): Promise<void> {
  await handle.truncate(sizeBytes);
  await writeAll(handle, tail, sizeBytes);
  await handle.sync();
}

async function told<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof BackupError) throw error;
    throw backupError('ExportFileFailed', `${file}: ${(error as Error).message}`, { cause: error });
  }
}
