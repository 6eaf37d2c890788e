import type { ChangedRange } from '../../disks/ports';
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
import { zeroChunkDigests } from '../format/digests';
import { BLOCK_BYTES, BLOCKS_PER_CHUNK } from '../format/geometry';
import type { ChunkEntry } from '../format/segment';
import { clearStep } from './checksum-step';
import type { ChunkOutcome, ChunkTask } from './chunk-outcome';
import { touchedBlocks } from './chunk-ranges';
import { uploadChunk } from './chunk-upload';
import { countChanges, type DigestsOf, digestsWithPatch } from './count-changes';
import { patchesToMerge, patchPays } from './patch-policy';
import { blockRanges, chunkRange, withContent } from './read-chunk';
import type { TransferContext } from './transfer-context';

/**
 * Looks at a chunk of which changed-block tracking says what changed: reads just that. Tracking tells what
 * was written, not whether it differs: the digests of the base say how much of it does.
 */
export async function changedBlocksStep(
  context: TransferContext,
  task: ChunkTask,
  digestsOf: DigestsOf,
): Promise<ChunkOutcome> {
  const changes = task.ranges as ChangedRange[];
  const touched = touchedBlocks(changes, task.chunk, context.source.sizeBytes);
  const { chunk, base } = task;
  if (countBlocks(touched, BLOCK.zero) === BLOCKS_PER_CHUNK)
    return base ? clearStep(context, base, digestsOf) : { kind: 'unchanged' };
  return base ? patchOrRewrite(context, chunk, base, touched, digestsOf) : fillHole(context, task, touched);
}

/** Where the base point has zeros, what changed is all there is. */
async function fillHole(
  context: TransferContext,
  { chunk }: ChunkTask,
  touched: BlockMap,
): Promise<ChunkOutcome> {
  const ranges = blockRanges(context, chunk, runsOf(touched));
  return withContent(context, chunk, ranges, 'zeros', async (lent) => {
    const content = lent.bytes;
    if (isZero(content)) return { kind: 'unchanged' };
    const data = emptyBlockMap();
    for (let block = 0; block < BLOCKS_PER_CHUNK; block += 1)
      if (!isZeroBlock(content, block)) data[block] = BLOCK.data;
    const blocks = countBlocks(data, BLOCK.data);
    if (!patchPays(undefined, [], blocks)) return uploadWhole(context, lent, zeroChunkDigests());
    context.counts.changedBytes += blocks * BLOCK_BYTES;
    const runs = runsOf(data);
    return { kind: 'patch', runs, data: await context.codec.sealPatch(content, runs), replaces: 0 };
  });
}

async function patchOrRewrite(
  context: TransferContext,
  chunk: number,
  base: ChunkEntry,
  touched: BlockMap,
  digestsOf: DigestsOf,
): Promise<ChunkOutcome> {
  const { patches } = base;
  const replaces = patchesToMerge(patches, countBlocks(touched, BLOCK.data));
  const kept = patches.slice(0, patches.length - replaces);
  const union = emptyBlockMap();
  for (const patch of patches.slice(kept.length)) applyRuns(union, patch.runs);
  applyRuns(union, runsOf(touched));

  if (!patchPays(base, kept, countBlocks(union, BLOCK.data))) return rewrite(context, chunk, base, digestsOf);
  const ranges = blockRanges(context, chunk, runsOf(union));
  return withContent(context, chunk, ranges, 'whatever', async ({ bytes: content }) => {
    for (let block = 0; block < BLOCKS_PER_CHUNK; block += 1) {
      if (union[block] === BLOCK.data && isZeroBlock(content, block)) union[block] = BLOCK.zero;
    }
    const runs = runsOf(union);
    const [data, then] = await Promise.all([context.codec.sealPatch(content, runs), digestsOf(base)]);
    if (then) countChanges(context.counts, then, digestsWithPatch(then, runs, data));
    else countTouched(context, touched, union);
    return { kind: 'patch', runs, data, replaces };
  });
}

/** Without the digests of the base, everything that was touched counts as changed. */
function countTouched({ counts }: TransferContext, touched: BlockMap, now: BlockMap): void {
  for (const [block, state] of touched.entries()) {
    if (state === BLOCK.keep) continue;
    counts.changedBytes += BLOCK_BYTES;
    if (now[block] === BLOCK.zero) counts.zeroedBytes += BLOCK_BYTES;
  }
}

async function rewrite(
  context: TransferContext,
  chunk: number,
  base: ChunkEntry,
  digestsOf: DigestsOf,
): Promise<ChunkOutcome> {
  const whole = [chunkRange(context, chunk)];
  return withContent(context, chunk, whole, 'whatever', async (content) =>
    isZero(content.bytes)
      ? clearStep(context, base, digestsOf)
      : uploadWhole(context, content, await digestsOf(base)),
  );
}

/** `then`: the digests of the base, where they can be had. */
async function uploadWhole(
  context: TransferContext,
  content: Lease,
  then: Buffer | undefined,
): Promise<ChunkOutcome> {
  const described = await context.codec.describe(content.bytes);
  countChanges(context.counts, then, described.digests);
  return uploadChunk(context, content, described);
}
