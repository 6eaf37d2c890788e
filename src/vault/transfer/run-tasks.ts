import { orderedParallel } from '../../basics/ordered-parallel';
import { addCounts, noCounts, type TransferCounts } from '../format/counts';
import { checkpointBlobName, type PartDocument, writePartDocument } from '../runs/part-document';
import type { StoredPlan } from '../runs/plan-document';
import { lookAhead } from './look-ahead';
import { chunkLooker, type Looked } from './look-at-chunks';
import { packWriter } from './pack-writer';
import type { PartTask } from './part-tasks';
import { type OpenSegment, recordOutcome, writeSegment } from './segment-writer';
import type { TransferContext } from './transfer-context';

/**
 * Chunks looked at side by side. `chunkMemory` bounds what they hold; this is how far the fast may get ahead
 * of the slow.
 */
const CHUNKS_AT_ONCE = 12;
/**
 * Segments in memory that wait for the pack of their patches, at about 100 KiB each; then a pack is closed
 * early.
 */
const SEGMENTS_WAITING = 32;
/** Work worth a checkpoint of its own: at most this much is read again after a crash. */
const CHECKPOINT_BYTES = 1024 ** 3;

/**
 * Carries out the tasks of a part and answers its segments. Chunks are looked at side by side; what became of
 * them is written down in the order of the disk, so the same part always gives the same packs.
 */
export async function runTasks(
  context: TransferContext,
  plan: StoredPlan,
  part: number,
  tasks: AsyncIterable<PartTask>,
  checkpointBytes = CHECKPOINT_BYTES,
): Promise<PartDocument['segments']> {
  const packs = packWriter(context);
  const finished: PartDocument['segments'] = [];
  let waiting: OpenSegment[] = [];
  let lastCheckpoint: TransferCounts = noCounts();
  let checkpointed = 0;

  const settleSegments = async () => {
    await packs.flush();
    for (const open of waiting) finished.push([open.segment, await writeSegment(context, open)]);
    waiting = [];
  };
  const checkpoint = async () => {
    await settleSegments();
    const since = differenceOf(context.counts, lastCheckpoint);
    lastCheckpoint = { ...context.counts };
    const segments = finished.slice(checkpointed);
    checkpointed = finished.length;
    const next = (segments[segments.length - 1]?.[0] ?? 0) + 1;
    const name = checkpointBlobName(plan.runId, plan.diskId, part, next);
    await writePartDocument(context.store, name, { part, segments, counts: since });
  };

  const inTurn = lookAhead<Looked>(tasks, {
    run: `${plan.runId}/${plan.diskId}`,
    met: () => context.probing.met,
    atOnce: CHUNKS_AT_ONCE,
  });
  const { look, hasRoom, recorded } = chunkLooker(context, plan);
  for await (const looked of orderedParallel(inTurn, CHUNKS_AT_ONCE, look, hasRoom)) {
    const { item, outcome } = looked;
    if (item.do === 'look-ahead') continue;
    addCounts(context.counts, looked.counts);
    context.account.segment = item.open.segment;
    if (item.do !== 'finish' && outcome) {
      await recordOutcome(context, packs, item.open, item.task, outcome);
      recorded(looked);
    }
    if (item.do === 'finish') {
      waiting.push(item.open);
      if (context.counts.readBytes - lastCheckpoint.readBytes >= checkpointBytes) await checkpoint();
      else if (waiting.length >= SEGMENTS_WAITING) await settleSegments();
    }
  }
  await settleSegments();
  return finished;
}

function differenceOf(now: TransferCounts, before: TransferCounts): TransferCounts {
  const difference = { ...now };
  for (const key of Object.keys(difference) as (keyof TransferCounts)[]) difference[key] -= before[key];
  return difference;
}
