import { orderedParallel } from '../../basics/ordered-parallel';
import { addCounts, noCounts, type TransferCounts } from '../format/counts';
import { checkpointBlobName, type PartDocument, writePartDocument } from '../runs/part-document';
import type { StoredPlan } from '../runs/plan-document';
import { changedBlocksStep } from './changed-blocks-step';
import { checksumStep } from './checksum-step';
import type { ChunkOutcome } from './chunk-outcome';
import { digestReader } from './digest-reader';
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
 * Patches in memory that wait to be written down in their order; no further chunk is looked at while there
 * are more.
 */
const PATCH_BYTES_WAITING = 8 * 1024 ** 2;
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
  const digestsOf = digestReader(context.store, context.healing);
  // What the first error is about ends the others: they would only keep memory, and others waiting for it.
  const firstError = new AbortController();
  const signal = AbortSignal.any([firstError.signal, ...(context.signal ? [context.signal] : [])]);
  let patchBytesWaiting = 0;
  // Each chunk counts for itself until it is written down: a checkpoint never counts what will be done again.
  const look = async (item: PartTask): Promise<Looked> => {
    const own = { ...context, counts: noCounts(), signal };
    if (item.do !== 'look') return { item, counts: own.counts };
    try {
      const outcome =
        plan.mode === 'changed-blocks'
          ? await changedBlocksStep(own, item.task)
          : await checksumStep(own, item.task, digestsOf);
      patchBytesWaiting += patchBytesOf(outcome);
      return { item, outcome, counts: own.counts };
    } catch (error) {
      firstError.abort(error);
      throw signal.reason;
    }
  };
  const hasRoom = () => patchBytesWaiting < PATCH_BYTES_WAITING;

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

  for await (const { item, outcome, counts } of orderedParallel(tasks, CHUNKS_AT_ONCE, look, hasRoom)) {
    addCounts(context.counts, counts);
    context.progress();
    if (item.do === 'look' && outcome) {
      await recordOutcome(context, packs, item.open, item.task, outcome);
      patchBytesWaiting -= patchBytesOf(outcome);
    }
    if (item.do === 'clear') await recordOutcome(context, packs, item.open, item.task, { kind: 'hole' });
    if (item.do === 'finish') {
      waiting.push(item.open);
      if (context.counts.readBytes - lastCheckpoint.readBytes >= checkpointBytes) await checkpoint();
      else if (waiting.length >= SEGMENTS_WAITING) await settleSegments();
    }
  }
  await settleSegments();
  return finished;
}

interface Looked {
  item: PartTask;
  outcome?: ChunkOutcome;
  counts: TransferCounts;
}

const patchBytesOf = (outcome: ChunkOutcome) =>
  outcome.kind === 'patch' ? (outcome.data?.envelope.length ?? 0) : 0;

function differenceOf(now: TransferCounts, before: TransferCounts): TransferCounts {
  const difference = { ...now };
  for (const key of Object.keys(difference) as (keyof TransferCounts)[]) difference[key] -= before[key];
  return difference;
}
