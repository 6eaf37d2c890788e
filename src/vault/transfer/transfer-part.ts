import { addSeconds } from '../../basics/time';
import { addMoved, type MovedBytes, movedOf } from '../../disks/disk-bytes';
import type { DiskSource } from '../../disks/ports';
import { backupError } from '../../failures/failure';
import type { BlobStore } from '../../storage/blob-store';
import { countingBlobStore } from '../../storage/counting-blob-store';
import { addCounts, noCounts, type TransferCounts } from '../format/counts';
import type { DiskIndex } from '../format/index-codec';
import { newAccount } from '../objects/content-account';
import { notingDamage } from '../objects/damage-notes';
import { inFlightOf } from '../objects/in-flight';
import { readIndex } from '../objects/read-index';
import {
  type PartDocument,
  partBlobName,
  readPartDocument,
  readPartState,
  writePartDocument,
} from '../runs/part-document';
import { readPlan, refuseOtherSource, type SourceIdentity, type StoredPlan } from '../runs/plan-document';
import type { Vault } from '../vault';
import { partTasks } from './part-tasks';
import { runTasks } from './run-tasks';
import type { TransferContext } from './transfer-context';
import { whenTrackingFails } from './when-tracking-fails';

/** A first attempt that died has left the first chunks of the part; more than this need not be asked for. */
const FIRST_PROBES = 8;

export interface PartRequest extends SourceIdentity {
  runId: string;
  diskId: string;
  /** 0 … `TransferPlan.parts - 1`. */
  part: number;
  source: DiskSource;
  /** Hears what the part has moved so far. */
  onProgress?: (moved: MovedBytes) => void;
  signal?: AbortSignal;
  /**
   * After how many bytes read the finished segments are written down; at most this much is read again after a
   * crash.
   */
  checkpointBytes?: number;
}

export interface PartSummary {
  part: number;
  counts: TransferCounts;
}

/**
 * Brings one part of a disk into the vault. Finished parts answer at once; half-done ones go on after their
 * last finished checkpoint, and do not send again what the vault has. When it throws or is aborted,
 * everything it started has settled.
 *
 * When the service cannot say any more what changed, the part is read and compared with the base point. That
 * needs no tracking inside the part; what no part touches did not change when the plan was made, and
 * snapshots never do.
 */
export async function transferPart(vault: Vault, request: PartRequest): Promise<PartSummary> {
  return whenTrackingFails(
    () => transferAs(vault, request),
    (modeReason) => transferAs(vault, request, { mode: 'checksum', modeReason }),
  );
}

async function transferAs(
  vault: Vault,
  request: PartRequest,
  instead?: Pick<StoredPlan, 'mode' | 'modeReason'>,
): Promise<PartSummary> {
  const { runId, diskId, part } = request;
  const store = countingBlobStore(vault.store);
  const plan = { ...(await readPlan(store, runId, diskId)), ...instead };
  refuseOtherSource(plan, request);
  const state = await readPartState(store, runId, diskId, part);
  if (state.done) return summarize(state.done);

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
  const fromSegment = Math.max(planned.firstSegment, ...before.segments.map(([segment]) => segment + 1));
  const baseIndex = await readBaseIndex(store, plan);

  const counts = noCounts();
  const context: TransferContext = {
    store,
    source: request.source,
    codec: vault.codec,
    borrower: request,
    freshSince: addSeconds(plan.startedAt, -vault.times.refreshAfterSeconds),
    healing: new Set(plan.healing),
    probing: { all: plan.vaultHasChunks || state.checkpoints.length > 0, first: FIRST_PROBES, met: 0 },
    counts,
    signal: request.signal,
    account: newAccount(`${runId}/${diskId}/${part}`, counts, fromSegment),
    inFlight: inFlightOf(vault.store),
    progress: (ahead) => {
      const moved = movedOf(before.counts);
      addMoved(moved, counts);
      addMoved(moved, ahead);
      request.onProgress?.(moved);
    },
  };
  const tasks = partTasks(context, plan, planned, baseIndex, fromSegment);
  const segments = await runTasks(context, plan, part, tasks, request.checkpointBytes);
  const result: PartDocument = {
    ...before,
    segments: [...before.segments, ...segments],
    modeReason: instead?.modeReason,
  };
  counts.requests += store.requests() + 1;
  addCounts(result.counts, counts);
  return finish(vault, request, result);
}

async function readBaseIndex(store: BlobStore, { base }: StoredPlan): Promise<DiskIndex> {
  return base ? notingDamage(store, () => readIndex(store, base.index, base.sizeBytes)) : [];
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
