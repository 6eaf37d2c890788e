import { secondsBetween } from '../../basics/time';
import { backupError } from '../../failures/failure';
import { type Manifest, manifestSchema, type PointDraft, type RecoveryPoint } from '../format/manifest';
import { blobNames } from '../format/names';
import { parseDocument, toDocument } from '../format/parse-document';
import { notingDamage } from '../objects/damage-notes';
import { readIndex } from '../objects/read-index';
import { planBlobName } from '../runs/plan-document';
import type { Vault } from '../vault';
import { readManifest } from './read-point';

/**
 * Creates a recovery point: its manifest, the last write of a backup. A repeat by the same run answers the
 * same point; throws `RecoveryPointExists` when another run has the id, and `RunTooOld` when garbage
 * collection may have overtaken the run.
 */
export async function commitPoint(vault: Vault, draft: PointDraft): Promise<RecoveryPoint> {
  const { store } = vault;
  const existing = await readManifest(vault, draft.pointId);
  if (existing) return sameRunOrThrow(existing, draft);

  const createdAt = await store.now();
  await refuseOldRun(vault, draft, createdAt);
  await vault.lookAgain();
  const name = blobNames.point(draft.pointId);
  const manifest: Manifest = { formatVersion: 1, ...draft, createdAt };
  const body = toDocument(manifest);
  const checked = parseDocument(manifestSchema, body, name);
  for (const { index, sizeBytes } of draft.disks)
    await notingDamage(store, () => readIndex(store, index, sizeBytes));
  if ((await store.put(name, body, { ifAbsent: true })).written) return checked;
  const winner = await readManifest(vault, draft.pointId);
  if (!winner)
    throw backupError('RecoveryPointNotFound', `${draft.pointId} was deleted while it was committed`);
  return sameRunOrThrow(winner, draft);
}

function sameRunOrThrow(existing: Manifest, { runId, pointId }: PointDraft): RecoveryPoint {
  if (existing.runId === runId) return existing;
  throw backupError('RecoveryPointExists', `${pointId} belongs to run ${existing.runId}, not ${runId}`);
}

/** The age of a run is that of its oldest plan, by the storage service's clock. */
async function refuseOldRun(
  { store, times }: Vault,
  { runId, disks }: PointDraft,
  now: string,
): Promise<void> {
  for (const { diskId } of disks) {
    const plan = await store.head(planBlobName(runId, diskId));
    if (!plan) throw backupError('TransferNotPlanned', `run ${runId}, disk ${diskId}`);
    if (secondsBetween(plan.lastModified, now) > times.longestRunSeconds) {
      throw backupError('RunTooOld', `run ${runId} began at ${plan.lastModified}, it is ${now} now`);
    }
  }
}
