import { sha256Hex } from '../format/names';
import { type ChunkEntry, contentNameOf } from '../format/segment';

/**
 * A share of the chunks, chosen by their names: another `round` chooses others, so that `1 / share` rounds
 * see about all.
 */
export interface Sample {
  /** 0 to 1. */
  share: number;
  /** Any number; the same one chooses the same chunks. */
  round: number;
}

/** True when the chunk is to be checked. The same chunk is chosen wherever it occurs. */
export function inSample(sample: Sample | undefined, entry: ChunkEntry): boolean {
  if (!sample || sample.share >= 1) return true;
  const name = contentNameOf(entry) ?? entry.patches.map(({ data }) => data?.hash).join();
  const place = Number.parseInt(sha256Hex(Buffer.from(name)).slice(0, 8), 16) / 2 ** 32;
  // Round r looks at [r × share, (r + 1) × share) of a circle of length 1.
  const distance = (((place - sample.round * sample.share) % 1) + 1) % 1;
  return distance < sample.share;
}
