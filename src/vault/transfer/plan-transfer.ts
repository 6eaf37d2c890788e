import type { DiskSource } from '../../disks/ports';
import { checkRanges, sumLengths, windowsOf } from '../../disks/ranges';
import { CHUNK_BYTES, SEGMENT_BYTES } from '../format/geometry';
import type { TransferMode } from '../format/manifest';
import { toDocument } from '../format/parse-document';
import { listDamage } from '../objects/damage-notes';
import {
  findPlan,
  type PlanDocument,
  type PlannedPart,
  planBlobName,
  readPlan,
  refuseOtherSource,
  type SourceIdentity,
  type StoredPlan,
} from '../runs/plan-document';
import type { Vault } from '../vault';
import { type BasisRequest, chooseBasis } from './choose-basis';
import { rangesByChunk } from './chunk-ranges';
import { whenTrackingFails } from './when-tracking-fails';

/**
 * A part ends when it may have this much to read: at 60 MiB/s it takes 137 seconds, at half of that it still
 * fits 4 minutes.
 */
const PART_BYTES = 8 * 1024 ** 3;
/** And at this many segments, so that a part of an almost empty disk stays small too. */
const PART_SEGMENTS = 4096;

export interface PlanRequest extends BasisRequest, SourceIdentity {
  runId: string;
  diskId: string;
}

/** What a transfer will do; small, whatever the disk's size. */
export interface TransferPlan {
  runId: string;
  diskId: string;
  mode: TransferMode;
  /** Why it is not the fastest mode that was asked for. */
  modeReason?: string;
  sizeBytes: number;
  /** Transfer each of 0 … `parts - 1`; none when nothing changed. */
  parts: number;
  /** Bytes expected to be read. */
  plannedBytes: number;
  allocatedBytes?: number;
}

/**
 * Decides how a disk is transferred and cuts the work into parts; a disk whose changes the service will not
 * tell is compared. Asked again for the same run, it gives the same plan. Throws `TransferNotPlanned` when
 * the run's plan is for another snapshot.
 */
export async function planTransfer(vault: Vault, request: PlanRequest): Promise<TransferPlan> {
  const { runId, diskId } = request;
  const known = await findPlan(vault.store, runId, diskId);
  const plan =
    known ??
    (await whenTrackingFails(
      () => makePlan(vault, request),
      (reason) => makePlan(vault, untracked(request, reason)),
    ));
  refuseOtherSource(plan, request);
  return summarize(plan);
}

const untracked = (request: PlanRequest, untrackedReason: string): PlanRequest => {
  const { changedRanges: _refused, ...source } = request.source;
  return { ...request, source, untrackedReason };
};

async function makePlan(vault: Vault, request: PlanRequest): Promise<StoredPlan> {
  const { runId, diskId, source, sourceId, baseSourceId } = request;
  const healing = new Set(await listDamage(vault.store));
  const basis = await chooseBasis(vault, request, healing);
  const work = await listWork(source, basis.mode);
  const plan: PlanDocument = {
    runId,
    diskId,
    sourceId,
    baseSourceId,
    sizeBytes: source.sizeBytes,
    ...basis,
    plannedBytes: work.listedBytes,
    allocatedBytes: basis.mode === 'changed-blocks' ? undefined : work.listedBytes,
    healing: [...healing],
    vaultHasChunks: basis.base !== undefined || (await hasChunks(vault)),
    parts: cutParts(work.segments),
  };
  const stored = await vault.store.put(planBlobName(runId, diskId), toDocument(plan), { ifAbsent: true });
  if (stored.written) return { ...plan, startedAt: stored.lastModified };
  // Somebody has planned the same disk meanwhile: the plan that is stored counts.
  return readPlan(vault.store, runId, diskId);
}

interface SegmentWork {
  segment: number;
  listedBytes: number;
  /** Bytes the part may have to read: whole chunks where they may have to be written new. */
  workBytes: number;
}

async function listWork(source: DiskSource, mode: TransferMode) {
  const segments: SegmentWork[] = [];
  let listedBytes = 0;
  for (const window of windowsOf({ offset: 0, length: source.sizeBytes })) {
    const ranges = checkRanges(await listRanges(source, mode, window), window);
    listedBytes += sumLengths(ranges);
    for (const [chunk, pieces] of rangesByChunk(ranges)) addWork(segments, chunk, sumLengths(pieces), mode);
  }
  return { segments, listedBytes };
}

const listRanges = (source: DiskSource, mode: TransferMode, window: { offset: number; length: number }) =>
  mode === 'changed-blocks' && source.changedRanges
    ? source.changedRanges(window)
    : source.allocatedRanges(window);

function addWork(segments: SegmentWork[], chunk: number, listedBytes: number, mode: TransferMode): void {
  const segment = Math.floor((chunk * CHUNK_BYTES) / SEGMENT_BYTES);
  let work = segments[segments.length - 1];
  if (work?.segment !== segment) {
    work = { segment, listedBytes: 0, workBytes: 0 };
    segments.push(work);
  }
  work.listedBytes += listedBytes;
  work.workBytes += mode === 'changed-blocks' ? CHUNK_BYTES : listedBytes;
}

/**
 * Neighbouring segments in one part, until it has enough to do. Segments without work are in a part only
 * between others.
 */
function cutParts(segments: SegmentWork[]): PlannedPart[] {
  const parts: PlannedPart[] = [];
  let workBytes = Number.POSITIVE_INFINITY;
  for (const work of segments) {
    const last = parts[parts.length - 1];
    const segmentCount = last ? work.segment - last.firstSegment + 1 : 0;
    if (!last || workBytes + work.workBytes > PART_BYTES || segmentCount > PART_SEGMENTS) {
      parts.push({ firstSegment: work.segment, segmentCount: 1, plannedBytes: work.listedBytes });
      workBytes = work.workBytes;
    } else {
      last.segmentCount = segmentCount;
      last.plannedBytes += work.listedBytes;
      workBytes += work.workBytes;
    }
  }
  return parts;
}

async function hasChunks(vault: Vault): Promise<boolean> {
  for await (const _chunk of vault.store.list('chunks/', { limit: 1 })) return true;
  return false;
}

function summarize(plan: StoredPlan): TransferPlan {
  const { runId, diskId, mode, modeReason, sizeBytes, plannedBytes, allocatedBytes } = plan;
  return {
    runId,
    diskId,
    mode,
    modeReason,
    sizeBytes,
    parts: plan.parts.length,
    plannedBytes,
    allocatedBytes,
  };
}
