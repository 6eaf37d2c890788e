import type { Lease } from '../codec/chunk-memory';
import {
  applyRuns,
  BLOCK,
  type BlockMap,
  countBlocks,
  emptyBlockMap,
  isZero,
  isZeroBlock,
  runsOf,
} from '../format/block-map';
import { DIGEST_BYTES } from '../format/digests';
import { BLOCK_BYTES, BLOCKS_PER_CHUNK } from '../format/geometry';
import { type ChunkEntry, contentNameOf } from '../format/segment';
import type { ChunkOutcome, ChunkTask } from './chunk-outcome';
import { uploadChunk } from './chunk-upload';
import { patchesToMerge, patchPays } from './patch-policy';
import { withContent } from './read-chunk';
import type { TransferContext } from './transfer-context';

/** The digests of a chunk as the base point has it, or undefined when they cannot be had. */
export type DigestsOf = (entry: ChunkEntry) => Promise<Buffer | undefined>;

/**
 * Looks at a chunk by reading what is allocated and comparing it with the base point; in full mode there is
 * none.
 */
export async function checksumStep(
  context: TransferContext,
  task: ChunkTask,
  digestsOf: DigestsOf,
): Promise<ChunkOutcome> {
  return withContent(context, task.chunk, task.ranges, 'zeros', (content) =>
    compare(context, task.base, content, digestsOf),
  );
}

async function compare(
  context: TransferContext,
  base: ChunkEntry | undefined,
  lent: Lease,
  digestsOf: DigestsOf,
): Promise<ChunkOutcome> {
  const content = lent.bytes;
  if (isZero(content)) return base ? { kind: 'hole' } : { kind: 'unchanged' };
  const described = await context.codec.describeOther(content, base && contentNameOf(base));
  if (!described) return { kind: 'unchanged' };
  const { name, digests } = described;
  const before = base && (await digestsOf(base));
  const changed = before ? differingBlocks(content, digests, before) : nonZeroBlocks(content);
  const touched = BLOCKS_PER_CHUNK - countBlocks(changed, BLOCK.keep);
  context.counts.changedBytes += touched * BLOCK_BYTES;
  if (base && before && touched === 0 && contentNameOf(base) === undefined) return { kind: 'unchanged' };
  // The name says that the content differs, the digests that it does not: trust neither, write it whole.
  if (touched === 0 || (base && !before)) return uploadChunk(context, lent, described);

  const patches = base?.patches ?? [];
  const replaces = patchesToMerge(patches, countBlocks(changed, BLOCK.data));
  const kept = patches.slice(0, patches.length - replaces);
  const map = withMerged(patches.slice(kept.length), changed, content);
  if (!patchPays(base, kept, countBlocks(map, BLOCK.data))) return uploadChunk(context, lent, described);
  const runs = runsOf(map);
  return { kind: 'patch', runs, data: await context.codec.sealPatch(content, runs), content: name, replaces };
}

function differingBlocks(content: Buffer, now: Buffer, before: Buffer): BlockMap {
  const map = emptyBlockMap();
  for (let block = 0; block < BLOCKS_PER_CHUNK; block += 1) {
    const at = block * DIGEST_BYTES;
    if (now.compare(before, at, at + DIGEST_BYTES, at, at + DIGEST_BYTES) === 0) continue;
    map[block] = isZeroBlock(content, block) ? BLOCK.zero : BLOCK.data;
  }
  return map;
}

function nonZeroBlocks(content: Buffer): BlockMap {
  const map = emptyBlockMap();
  for (let block = 0; block < BLOCKS_PER_CHUNK; block += 1)
    if (!isZeroBlock(content, block)) map[block] = BLOCK.data;
  return map;
}

/** What changed, and what the merged patches held, as it is now. */
function withMerged(
  merged: { runs: Parameters<typeof applyRuns>[1] }[],
  changed: BlockMap,
  content: Buffer,
): BlockMap {
  if (merged.length === 0) return changed;
  const map = emptyBlockMap();
  for (const patch of merged) applyRuns(map, patch.runs);
  applyRuns(map, runsOf(changed));
  for (let block = 0; block < BLOCKS_PER_CHUNK; block += 1) {
    if (map[block] !== BLOCK.keep) map[block] = isZeroBlock(content, block) ? BLOCK.zero : BLOCK.data;
  }
  return map;
}
