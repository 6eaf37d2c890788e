import type { ByteRange, DiskSource } from '../../disks/ports';
import { checkRanges, windowsOf } from '../../disks/ranges';
import { backupError } from '../../failures/failure';
import { ObjectError } from '../../storage/object-error';
import { CHUNKS_PER_SEGMENT, SEGMENT_BYTES } from '../format/geometry';
import type { DiskIndex } from '../format/index-codec';
import { blobNames } from '../format/names';
import { forgetDamage } from '../objects/content';
import { notingDamage } from '../objects/damage-notes';
import { readSegment } from '../objects/read-index';
import type { PlannedPart, StoredPlan } from '../runs/plan-document';
import { needsAny } from './choose-basis';
import type { ChunkTask } from './chunk-outcome';
import { rangesByChunk } from './chunk-ranges';
import { type OpenSegment, startSegment } from './segment-writer';
import type { TransferContext } from './transfer-context';

/** What the transfer of a part does next. */
export type PartTask =
  | { do: 'look'; task: ChunkTask; open: OpenSegment }
  /** Where the snapshot has nothing allocated but the base point has something. */
  | { do: 'clear'; task: ChunkTask; open: OpenSegment }
  | { do: 'finish'; open: OpenSegment };

/** Everything to do in the segments of a part from `fromSegment` on, in the order of the disk. */
export async function* partTasks(
  context: TransferContext,
  plan: StoredPlan,
  part: PlannedPart,
  baseIndex: DiskIndex,
  fromSegment: number,
): AsyncGenerator<PartTask> {
  const chunks = chunksWithRanges(context, plan, part, fromSegment);
  let next = await chunks.next();
  for (let segment = fromSegment; segment < part.firstSegment + part.segmentCount; segment += 1) {
    const ofSegment = new Map<number, ByteRange[]>();
    while (!next.done && next.value.chunk < (segment + 1) * CHUNKS_PER_SEGMENT) {
      ofSegment.set(next.value.chunk, next.value.ranges);
      next = await chunks.next();
    }
    yield* segmentTasks(context, plan, segment, baseIndex[segment] ?? null, ofSegment);
  }
}

async function* segmentTasks(
  context: TransferContext,
  plan: StoredPlan,
  segment: number,
  baseName: string | null,
  ranges: Map<number, ByteRange[]>,
): AsyncGenerator<PartTask> {
  const tracked = plan.mode === 'changed-blocks';
  if (ranges.size === 0 && (tracked || baseName === null)) return;
  const open = await openSegment(context, segment, baseName, tracked);
  const entries = [...open.entries];
  for (let place = 0; place < CHUNKS_PER_SEGMENT; place += 1) {
    const chunk = segment * CHUNKS_PER_SEGMENT + place;
    const base = entries[place];
    const chunkRanges = ranges.get(chunk);
    if (chunkRanges) yield { do: 'look', task: { chunk, base, ranges: chunkRanges }, open };
    else if (base && !tracked) yield { do: 'clear', task: { chunk, base, ranges: [] }, open };
  }
  yield { do: 'finish', open };
}

/**
 * What the base point has there. Where that is damaged, it is noted down, and a comparison does without it:
 * those chunks are written again. The changes alone cannot replace it: then the next backup compares.
 */
async function openSegment(
  context: TransferContext,
  segment: number,
  baseName: string | null,
  tracked: boolean,
): Promise<OpenSegment> {
  if (baseName === null) return startSegment(segment, null, []);
  const { store, healing, signal } = context;
  try {
    const entries = await notingDamage(store, () => readSegment(store, baseName, signal), healing);
    await forgetDamage(context, blobNames.segment(baseName));
    const open = startSegment(segment, baseName, entries);
    for (const [place, entry] of open.entries.entries()) {
      if (!entry || !needsAny(entry, healing)) continue;
      open.entries[place] = undefined;
      open.changed = true;
    }
    return open;
  } catch (error) {
    if (tracked || !(error instanceof ObjectError)) throw error;
    return startSegment(segment, null, []);
  }
}

/** The chunks of the part that have ranges, in order, listed window by window. */
async function* chunksWithRanges(
  { source }: TransferContext,
  plan: StoredPlan,
  part: PlannedPart,
  fromSegment: number,
) {
  const offset = fromSegment * SEGMENT_BYTES;
  const end = Math.min((part.firstSegment + part.segmentCount) * SEGMENT_BYTES, plan.sizeBytes);
  const list = rangesOf(source, plan);
  for (const window of windowsOf({ offset, length: end - offset })) {
    const ranges = await list(window);
    for (const [chunk, pieces] of rangesByChunk(checkRanges(ranges, window))) yield { chunk, ranges: pieces };
  }
}

/**
 * A list of allocated ranges says nothing about what was cleared: it must never stand in for the changed
 * ones.
 */
function rangesOf(source: DiskSource, plan: StoredPlan): (window: ByteRange) => Promise<ByteRange[]> {
  if (plan.mode !== 'changed-blocks') return (window) => source.allocatedRanges(window);
  const { changedRanges } = source;
  if (changedRanges) return (window) => changedRanges.call(source, window);
  const detail = `run ${plan.runId}, disk ${plan.diskId}: the disk was opened without the base that the plan has`;
  throw backupError('TransferNotPlanned', detail);
}
