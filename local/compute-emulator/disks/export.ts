import { createHash } from 'node:crypto';
import { open, rename } from 'node:fs/promises';
import { allocatedRuns, type DiskView, readView } from './disk-view';
import { cover } from './runs';

const PIECE_BYTES = 1024 * 1024;

/**
 * The SHA-256 (hex) of all bytes of the disk; with `out`, the disk is written there too, as a sparse raw file
 * that appears when it is complete.
 */
export async function digest(view: DiskView, out?: string): Promise<{ sizeBytes: number; sha256: string }> {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(PIECE_BYTES);
  const file = out === undefined ? undefined : await open(`${out}.partial`, 'w');
  try {
    await file?.truncate(view.sizeBytes);
    for (const run of cover(allocatedRuns(view), 0, view.sizeBytes)) {
      for (let start = run.start; start < run.end; start += PIECE_BYTES) {
        const piece = buffer.subarray(0, Math.min(PIECE_BYTES, run.end - start));
        await readView(view, start, piece);
        hash.update(piece);
        if (run.value !== undefined) await file?.write(piece, 0, piece.length, start);
      }
    }
  } finally {
    await file?.close();
  }
  if (out !== undefined) await rename(`${out}.partial`, out);
  return { sizeBytes: view.sizeBytes, sha256: hash.digest('hex') };
}
