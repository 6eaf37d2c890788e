import type { z } from 'zod';
import { orderedParallel } from '../../basics/ordered-parallel';
import { addSeconds } from '../../basics/time';
import { backupError } from '../../failures/failure';
import { countingBlobStore } from '../../storage/counting-blob-store';
import { addCounts, noCounts } from '../format/counts';
import { segmentCountOf } from '../format/geometry';
import { type DiskIndex, encodeIndex } from '../format/index-codec';
import { manifestDiskSchema } from '../format/manifest';
import { newAccount } from '../objects/content-account';
import { notingDamage } from '../objects/damage-notes';
import { inFlightOf } from '../objects/in-flight';
import { readIndex } from '../objects/read-index';
import { partBlobName, readPartDocument } from '../runs/part-document';
import { readPlan, type StoredPlan } from '../runs/plan-document';
import type { Vault } from '../vault';
import { writeContent } from './segment-writer';

/** A disk that is in the vault: what a manifest says about its content. */
export const diskSummarySchema = manifestDiskSchema.pick({
  diskId: true,
  sizeBytes: true,
  index: true,
  mode: true,
  modeReason: true,
  basePointId: true,
  allocatedBytes: true,
  counts: true,
});
export type DiskSummary = z.infer<typeof diskSummarySchema>;

/** Puts the parts of a disk together. Throws `TransferIncomplete` when one is missing; may be repeated. */
export async function completeDisk(
  vault: Vault,
  { runId, diskId }: { runId: string; diskId: string },
): Promise<DiskSummary> {
  const store = countingBlobStore(vault.store);
  const plan = await readPlan(store, runId, diskId);
  const counts = noCounts();
  let { modeReason } = plan;
  const index = await startingIndex(store, plan);
  const readPart = (part: number) => readPartDocument(store, partBlobName(runId, diskId, part));
  for await (const part of orderedParallel(plan.parts.keys(), 8, readPart)) {
    if (!part)
      throw backupError(
        'TransferIncomplete',
        `run ${runId}, disk ${diskId}: a part has not been transferred`,
      );
    for (const [segment, name] of part.segments) index[segment] = name;
    addCounts(counts, part.counts);
    modeReason ??= part.modeReason;
  }
  const freshSince = addSeconds(plan.startedAt, -vault.times.refreshAfterSeconds);
  const account = newAccount(`${runId}/${diskId}/index`, counts);
  const inFlight = inFlightOf(vault.store);
  const writer = { store, freshSince, healing: new Set(plan.healing), account, inFlight };
  const name = await writeContent(writer, 'index', encodeIndex(index), plan.base?.index);
  counts.requests += store.requests();
  counts.logicalBytes = plan.sizeBytes;
  return {
    diskId,
    sizeBytes: plan.sizeBytes,
    index: name,
    mode: plan.mode,
    modeReason,
    basePointId: plan.base?.pointId,
    allocatedBytes: plan.allocatedBytes,
    counts,
  };
}

/**
 * With changed-block tracking, what no part touched is as in the base; otherwise it has nothing allocated.
 */
async function startingIndex(store: Vault['store'], plan: StoredPlan): Promise<DiskIndex> {
  const { base, mode } = plan;
  if (base && mode === 'changed-blocks')
    return notingDamage(store, () => readIndex(store, base.index, base.sizeBytes));
  return new Array<string | null>(segmentCountOf(plan.sizeBytes)).fill(null);
}
