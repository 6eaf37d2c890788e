import { createHash, type Hash } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { setImmediate as turn } from 'node:timers/promises';
import { allocatedRuns, type DiskView, readView } from './disk-view';
import { cover } from './runs';

const PIECE_BYTES = 1024 * 1024;
const ZEROS = Buffer.alloc(PIECE_BYTES);

export interface ExportOptions {
  /** Where the disk is written to, as a sparse raw file that appears when it is complete. */
  out?: string;
  /**
   * Whether a digest is made. A disk's holes have to be hashed, however little it holds: a TiB takes minutes.
   */
  digest: boolean;
  /** Gives it up, and takes away what has been written. */
  signal?: AbortSignal;
  /** Told after every piece, with the bytes of the disk that are done. */
  onProgress?(doneBytes: number): void;
}

/** What was exported; the digest is in hex. */
export interface Exported {
  sizeBytes: number;
  sha256?: string;
}

/**
 * Goes through a disk once, piece by piece, and lets others have their turn between two pieces. Holes are
 * neither read nor written. Rejects with the signal's reason when it is given up.
 */
export async function exportDisk(view: DiskView, { out, ...options }: ExportOptions): Promise<Exported> {
  const hash = options.digest ? createHash('sha256') : undefined;
  if (out === undefined) await goThrough(view, hash, undefined, options);
  else await writeTo(out, view, hash, options);
  return { sizeBytes: view.sizeBytes, ...(hash && { sha256: hash.digest('hex') }) };
}

type Watch = Pick<ExportOptions, 'signal' | 'onProgress'>;
type File = Awaited<ReturnType<typeof open>>;

async function writeTo(out: string, view: DiskView, hash: Hash | undefined, watch: Watch): Promise<void> {
  const partial = `${out}.partial`;
  try {
    const file = await open(partial, 'w');
    try {
      await file.truncate(view.sizeBytes);
      await goThrough(view, hash, file, watch);
    } finally {
      await file.close();
    }
    await rename(partial, out);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

async function goThrough(
  view: DiskView,
  hash: Hash | undefined,
  file: File | undefined,
  { signal, onProgress }: Watch,
): Promise<void> {
  const buffer = Buffer.allocUnsafe(PIECE_BYTES);
  for (const run of cover(allocatedRuns(view), 0, view.sizeBytes)) {
    const isHole = run.value === undefined;
    if (isHole && hash === undefined) continue;
    for (let start = run.start; start < run.end; start += PIECE_BYTES) {
      await turn();
      signal?.throwIfAborted();
      const piece = (isHole ? ZEROS : buffer).subarray(0, Math.min(PIECE_BYTES, run.end - start));
      if (!isHole) await readView(view, start, piece);
      hash?.update(piece);
      if (!isHole) await writeFully(file, piece, start);
      onProgress?.(start + piece.length);
    }
  }
}

async function writeFully(file: File | undefined, piece: Buffer, at: number): Promise<void> {
  for (let done = 0; file !== undefined && done < piece.length; ) {
    done += (await file.write(piece, done, piece.length - done, at + done)).bytesWritten;
  }
}
