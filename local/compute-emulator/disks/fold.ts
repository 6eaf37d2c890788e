import { type DiskView, readView } from './disk-view';
import type { Layer } from './layer';

const PIECE_BYTES = 1024 * 1024;

/**
 * Writes what the upper layer says over the lower one. Whoever has both sees no difference at any moment, so
 * it may stop half-way and start again. Takes time in proportion to the upper layer.
 * @param isStopping asked between two pieces
 * @returns whether it came to the end
 */
export async function foldLayer(lower: Layer, upper: Layer, isStopping: () => boolean): Promise<boolean> {
  const runs = upper.runs().map((run) => ({ ...run, value: upper }));
  const view: DiskView = { sizeBytes: Number.MAX_SAFE_INTEGER, runs };
  for (const { start, end, value } of upper.runs()) {
    if (value === 'cleared') {
      lower.clear(start, end);
      continue;
    }
    for (let at = start; at < end; at += PIECE_BYTES) {
      const piece = Buffer.allocUnsafe(Math.min(PIECE_BYTES, end - at));
      await readView(view, at, piece);
      if (isStopping()) return false;
      lower.write(at, piece);
    }
  }
  return true;
}
