import type { ChangedRange } from '../../disks/ports';
import { sumLengths } from '../../disks/ranges';
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
import { BLOCKS_PER_CHUNK } from '../format/geometry';
import type { ChunkOutcome, ChunkTask } from './chunk-outcome';
import { touchedBlocks } from './chunk-ranges';
import { uploadChunk } from './chunk-upload';
import { patchesToMerge, patchPays } from './patch-policy';
import { blockRanges, chunkRange, withContent } from './read-chunk';
import type { TransferContext } from './transfer-context';

/** Looks at a chunk of which changed-block tracking says what changed: reads just that. */
export async function changedBlocksStep(context: TransferContext, task: ChunkTask): Promise<ChunkOutcome> {
  const changes = task.ranges as ChangedRange[];
  const touched = touchedBlocks(changes, task.chunk, context.source.sizeBytes);
  context.counts.changedBytes += sumLengths(changes);
  if (countBlocks(touched, BLOCK.zero) === BLOCKS_PER_CHUNK)
    return task.base ? { kind: 'hole' } : { kind: 'unchanged' };
  return task.base ? patchOrRewrite(context, task, touched) : fillHole(context, task, touched);
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
    if (!patchPays(undefined, [], countBlocks(data, BLOCK.data))) return uploadWhole(context, lent);
    const runs = runsOf(data);
    return { kind: 'patch', runs, data: await context.codec.sealPatch(content, runs), replaces: 0 };
  });
}

async function patchOrRewrite(
  context: TransferContext,
  task: ChunkTask,
  touched: BlockMap,
): Promise<ChunkOutcome> {
  const { base, chunk } = task;
  const patches = base?.patches ?? [];
  const replaces = patchesToMerge(patches, countBlocks(touched, BLOCK.data));
  const kept = patches.slice(0, patches.length - replaces);
  const union = emptyBlockMap();
  for (const patch of patches.slice(kept.length)) applyRuns(union, patch.runs);
  applyRuns(union, runsOf(touched));

  if (!patchPays(base, kept, countBlocks(union, BLOCK.data))) return rewrite(context, chunk);
  const ranges = blockRanges(context, chunk, runsOf(union));
  return withContent(context, chunk, ranges, 'whatever', async ({ bytes: content }) => {
    for (let block = 0; block < BLOCKS_PER_CHUNK; block += 1) {
      if (union[block] === BLOCK.data && isZeroBlock(content, block)) union[block] = BLOCK.zero;
    }
    const runs = runsOf(union);
    return { kind: 'patch', runs, data: await context.codec.sealPatch(content, runs), replaces };
  });
}

async function rewrite(context: TransferContext, chunk: number): Promise<ChunkOutcome> {
  return withContent(context, chunk, [chunkRange(context, chunk)], 'whatever', async (content) =>
    isZero(content.bytes) ? { kind: 'hole' } : uploadWhole(context, content),
  );
}

const uploadWhole = async (context: TransferContext, content: Lease) =>
  uploadChunk(context, content, await context.codec.describe(content.bytes));
