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
import { DIGEST_BYTES, zeroChunkDigests } from '../format/digests';
import { BLOCKS_PER_CHUNK } from '../format/geometry';
import { type ChunkEntry, contentNameOf } from '../format/segment';
import type { ChunkOutcome, ChunkTask } from './chunk-outcome';
import { uploadChunk } from './chunk-upload';
import { countChanges, type DigestsOf } from './count-changes';
import { patchesToMerge, patchPays } from './patch-policy';
import { withContent } from './read-chunk';
import type { TransferContext } from './transfer-context';

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

/** Where the base point has something and there are zeros now. */
export async function clearStep(
  { counts }: TransferContext,
  base: ChunkEntry,
  digestsOf: DigestsOf,
): Promise<ChunkOutcome> {
  countChanges(counts, await digestsOf(base), zeroChunkDigests());
  return { kind: 'hole' };
}

async function compare(
  context: TransferContext,
  base: ChunkEntry | undefined,
  lent: Lease,
  digestsOf: DigestsOf,
): Promise<ChunkOutcome> {
  const content = lent.bytes;
  if (isZero(content)) return base ? clearStep(context, base, digestsOf) : { kind: 'unchanged' };
  const described = await context.codec.describeOther(content, base && contentNameOf(base));
  if (!described) return { kind: 'unchanged' };
  const { name, digests } = described;
  const before = base && (await digestsOf(base));
  const changed = before ? differingBlocks(content, digests, before) : nonZeroBlocks(content);
  const touched = BLOCKS_PER_CHUNK - countBlocks(changed, BLOCK.keep);
  countChanges(context.counts, base ? before : zeroChunkDigests(), digests);
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
