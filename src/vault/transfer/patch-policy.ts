import { dataBlocksIn } from '../format/block-map';
import { BLOCKS_PER_CHUNK, MAX_PATCHES } from '../format/geometry';
import type { ChunkEntry, Patch } from '../format/segment';

/**
 * A chunk that is new to a disk and has at most this many blocks of data becomes a patch on zeros, not a blob
 * of its own.
 */
const SPARSE_BLOCKS = 128;
/**
 * A patch of more than three quarters of its chunk costs more than it saves: a whole chunk is at most a third
 * larger.
 */
const LARGEST_PATCH_BLOCKS = (BLOCKS_PER_CHUNK * 3) / 4;

/**
 * True when `dataBlocks` changed blocks are better kept as a patch beside `kept` older patches than as a
 * whole chunk. Once all patches of a chunk together would pass its size, a whole chunk is written: the
 * uploads of a chunk's life stay below twice what changed, and a read never fetches more than two chunks'
 * worth.
 */
export function patchPays(base: ChunkEntry | undefined, kept: readonly Patch[], dataBlocks: number): boolean {
  if (dataBlocks > LARGEST_PATCH_BLOCKS) return false;
  if (!base) return dataBlocks <= SPARSE_BLOCKS;
  const keptBlocks = kept.reduce((sum, patch) => sum + dataBlocksIn(patch.runs), 0);
  return keptBlocks + dataBlocks <= BLOCKS_PER_CHUNK;
}

/**
 * How many of the newest patches a new patch of `newBlocks` takes in, so that the list stays within
 * `MAX_PATCHES`. None while there is room. Then the newest, and older ones while they are no larger than what
 * is merged already: every block is written again only when the patch it joins has grown, not at every
 * backup.
 */
export function patchesToMerge(patches: readonly Patch[], newBlocks: number): number {
  if (patches.length < MAX_PATCHES) return 0;
  let merged = 0;
  let blocks = newBlocks;
  for (const patch of [...patches].reverse()) {
    const size = dataBlocksIn(patch.runs);
    if (merged > 0 && size > blocks) break;
    blocks += size;
    merged += 1;
  }
  return merged;
}
