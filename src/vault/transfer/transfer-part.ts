import { backupError } from '../../failures/failure';
import { addCounts, noCounts, type TransferCounts } from '../format/counts';
import type { DiskIndex } from '../format/index-codec';
import { readIndex } from '../objects/read-index';
import type { DiskSource, TransferProgress } from '../ports';
import { addSeconds } from '../safety-times';
import { countingBlobStore } from '../store/counting-blob-store';
import type { Vault } from '../vault';
import { changedBlocksStep } from './changed-blocks-step';
import { checksumStep } from './checksum-step';
import type { ChunkOutcome } from './chunk-outcome';
import { digestReader } from './digest-reader';
import { orderedParallel } from './ordered-parallel';
import { packWriter } from './pack-writer';
import {
  checkpointBlobName,
  type PartDocument,
  partBlobName,
  readPartDocument,
  readPartState,
  writePartDocument,
} from './part-document';
import { type PartTask, partTasks } from './part-tasks';
import { readPlan, type StoredPlan } from './plan-document';
import { type OpenSegment, recordOutcome, writeSegment } from './segment-writer';
import type { TransferContext } from './transfer-context';

/** Chunks in flight at once: keeps reads, compression and uploads busy within 8 × about 8 MiB of memory. */
const CHUNKS_AT_ONCE = 8;
/** Work worth a checkpoint of its own: at most this much is read again after a crash. */
const CHECKPOINT_BYTES = 1024 ** 3;

export interface PartRequest {
  runId: string;
  diskId: string;
  /** 0 … `TransferPlan.parts - 1`. */
  part: number;
  source: DiskSource;
  onProgress?: (progress: TransferProgress) => void;
  signal?: AbortSignal;
}

export interface PartSummary {
  part: number;
  counts: TransferCounts;
}

/**
 * Brings one part of a disk into the vault. Finished parts answer at once; half-done ones go on after their last finished
 * checkpoint, and do not send again what the vault has. When it throws or is aborted, everything it started has settled.
 */
export async function transferPart(vault: Vault, request: PartRequest): Promise<PartSummary> {
  const { runId, diskId, part } = request;
  const store = countingBlobStore(vault.store);
  const state = await readPartState(store, runId, diskId, part);
  if (state.done) return summarize(state.done);

  const plan = await readPlan(store, runId, diskId);
  const planned = plan.parts[part];
  if (!planned) throw backupError('TransferNotPlanned', `run ${runId}, disk ${diskId}, part ${part}`);
  if (plan.sizeBytes !== request.source.sizeBytes) {
    throw backupError(
      'TransferNotPlanned',
      `planned for ${plan.sizeBytes} bytes, the disk has ${request.source.sizeBytes}`,
    );
  }
  const before: PartDocument = { part, segments: [], counts: noCounts() };
  for (const { segments, counts } of state.checkpoints) {
    before.segments.push(...segments);
    addCounts(before.counts, counts);
  }
  const resumed = state.checkpoints.length > 0;
  const fromSegment = Math.max(planned.firstSegment, ...before.segments.map(([segment]) => segment + 1));
  const baseIndex: DiskIndex = plan.base ? await readIndex(store, plan.base.index, plan.base.sizeBytes) : [];

  const counts = noCounts();
  const context: TransferContext = {
    store,
    source: request.source,
    freshSince: addSeconds(plan.startedAt, -vault.times.refreshAfterSeconds),
    healing: new Set(plan.healing),
    probeChunks: plan.vaultHasChunks || resumed,
    counts,
    signal: request.signal,
    chunksInFlight: new Map(),
    progress: () =>
      request.onProgress?.({
        readBytes: before.counts.readBytes + counts.readBytes,
        uploadedBytes: before.counts.uploadedBytes + counts.uploadedBytes,
      }),
  };
  const tasks = partTasks(context, plan, planned, baseIndex, fromSegment);
  const segments = await runTasks(context, plan, part, tasks);
  const result: PartDocument = { part, segments: [...before.segments, ...segments], counts: before.counts };
  counts.requests += store.requests() + 1;
  addCounts(result.counts, counts);
  return finish(vault, request, result);
}

async function runTasks(
  context: TransferContext,
  plan: StoredPlan,
  part: number,
  tasks: AsyncIterable<PartTask>,
): Promise<PartDocument['segments']> {
  const packs = packWriter(context);
  const digestsOf = digestReader(context.store);
  const look = async (item: PartTask): Promise<{ item: PartTask; outcome?: ChunkOutcome }> => {
    if (item.do !== 'look') return { item };
    const step =
      plan.mode === 'changed-blocks'
        ? changedBlocksStep(context, item.task)
        : checksumStep(context, item.task, digestsOf);
    return { item, outcome: await step };
  };

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

  for await (const { item, outcome } of orderedParallel(tasks, CHUNKS_AT_ONCE, look)) {
    if (item.do === 'look' && outcome) await recordOutcome(context, packs, item.open, item.task, outcome);
    if (item.do === 'clear') await recordOutcome(context, packs, item.open, item.task, { kind: 'hole' });
    if (item.do === 'finish') {
      waiting.push(item.open);
      if (context.counts.readBytes - lastCheckpoint.readBytes >= CHECKPOINT_BYTES) await checkpoint();
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

/** The first to finish a part decides its counts: a part that ran twice is counted once. */
async function finish(
  { store }: Vault,
  { runId, diskId, part }: PartRequest,
  result: PartDocument,
): Promise<PartSummary> {
  const name = partBlobName(runId, diskId, part);
  if (await writePartDocument(store, name, result)) return summarize(result);
  return summarize((await readPartDocument(store, name)) ?? result);
}

const summarize = ({ part, counts }: PartDocument): PartSummary => ({ part, counts });
