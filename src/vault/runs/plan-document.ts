import { z } from 'zod';
import { backupError } from '../../failures/failure';
import type { BlobStore } from '../../storage/blob-store';
import { onceMore } from '../../storage/once-more';
import { MAX_DISK_BYTES } from '../format/geometry';
import { transferModeSchema } from '../format/manifest';
import { blobNames, GRAMMARS } from '../format/names';
import { parseDocument } from '../format/parse-document';

const MAX_PLAN_BYTES = 8 * 1024 * 1024;
const count = z.number().int().nonnegative();

/** The stored plan of one disk's transfer. Private to a run: not part of the format. */
export const planDocumentSchema = z.strictObject({
  runId: z.string().regex(GRAMMARS.RUN_ID),
  diskId: z.string().regex(GRAMMARS.DISK_ID),
  /** The snapshots that the plan was made for, where the caller named them. */
  sourceId: z.string().optional(),
  baseSourceId: z.string().optional(),
  sizeBytes: z.number().int().positive().max(MAX_DISK_BYTES),
  mode: transferModeSchema,
  modeReason: z.string().optional(),
  base: z
    .strictObject({
      pointId: z.string().regex(GRAMMARS.POINT_ID),
      diskId: z.string().regex(GRAMMARS.DISK_ID),
      index: z.string().regex(GRAMMARS.SHA256_HEX),
      sizeBytes: count,
    })
    .optional(),
  plannedBytes: count,
  allocatedBytes: count.optional(),
  /** Blobs that were found damaged: what is there counts as missing. */
  healing: z.array(z.string()),
  /** False when the vault held no chunk at all: then nobody needs to ask whether one is there. */
  vaultHasChunks: z.boolean(),
  parts: z.array(z.strictObject({ firstSegment: count, segmentCount: count, plannedBytes: count })),
});

export type PlanDocument = z.infer<typeof planDocumentSchema>;
export type PlannedPart = PlanDocument['parts'][number];

/** A plan with the time it was made, by the storage service's clock: the age of the run. */
export interface StoredPlan extends PlanDocument {
  startedAt: string;
}

export const planBlobName = (runId: string, diskId: string) => `${blobNames.run(runId, diskId)}plan.json`;

/** The plan of a run's disk, or undefined when there is none yet. */
export async function findPlan(
  store: BlobStore,
  runId: string,
  diskId: string,
): Promise<StoredPlan | undefined> {
  const name = planBlobName(runId, diskId);
  return onceMore(async () => {
    const blob = await store.get(name, { maxBytes: MAX_PLAN_BYTES });
    return blob && { ...parseDocument(planDocumentSchema, blob.body, name), startedAt: blob.lastModified };
  });
}

/** Which snapshot a transfer reads, in any spelling that is the same each time. */
export interface SourceIdentity {
  sourceId?: string;
  /** The one it is compared with. */
  baseSourceId?: string;
}

/**
 * Throws `TransferNotPlanned` when a plan is for another snapshot: its list of changes, or its parts, are not
 * this one's.
 */
export function refuseOtherSource(plan: StoredPlan, { sourceId, baseSourceId }: SourceIdentity): void {
  if (plan.sourceId === undefined) return;
  if (plan.sourceId === sourceId && plan.baseSourceId === baseSourceId) return;
  const planned = `${plan.sourceId} against ${plan.baseSourceId ?? 'nothing'}`;
  const detail = `run ${plan.runId}, disk ${plan.diskId}: planned for ${planned}, asked for ${sourceId} against ${baseSourceId ?? 'nothing'}`;
  throw backupError('TransferNotPlanned', detail);
}

/** The plan of a run's disk. Throws `TransferNotPlanned`. */
export async function readPlan(store: BlobStore, runId: string, diskId: string): Promise<StoredPlan> {
  const plan = await findPlan(store, runId, diskId);
  if (!plan) throw backupError('TransferNotPlanned', `run ${runId}, disk ${diskId}`);
  return plan;
}
