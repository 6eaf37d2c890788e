import { z } from 'zod';
import type { Compute } from '../compute/arm/connection';
import { resourceKey, sameResource, type VmRef, vmResourceId } from '../compute/arm/resource-id';
import { listOwnSnapshots, type OwnSnapshot } from '../compute/snapshots/own-snapshots';
import { BackupError } from '../failures/failure';
import type { RecoveryPoint } from '../vault/format/manifest';
import { KeptSnapshot } from './previous-disks';

/** Which VM a point is of, and where it was. */
export const VmIdentity = z.object({
  subscriptionId: z.string(),
  resourceGroup: z.string(),
  name: z.string(),
});

/** The kept snapshot of a point, if Azure still has it. */
export async function snapshotStillThere(
  compute: Compute,
  point: RecoveryPoint,
): Promise<KeptSnapshot | undefined> {
  return (await snapshotsStillThere(compute, [point])).get(point.pointId);
}

/**
 * Of these points, those whose kept snapshot Azure has now, by id. Asks once for each VM that they are of,
 * and nothing where no point has kept one.
 */
export async function snapshotsStillThere(
  compute: Compute,
  points: readonly RecoveryPoint[],
): Promise<Map<string, KeptSnapshot>> {
  const asked = new Map<string, Promise<OwnSnapshot[]>>();
  const ownOf = (ref: VmRef) => {
    const key = resourceKey(vmResourceId(ref));
    const known = asked.get(key) ?? listOwnSnapshots(compute, ref).catch(noneIfAzureFails);
    asked.set(key, known);
    return known;
  };
  const there = new Map<string, KeptSnapshot>();
  for (const { pointId, snapshot, vm } of points) {
    const kept = KeptSnapshot.safeParse(snapshot);
    const identity = VmIdentity.safeParse(vm);
    if (!kept.success || !identity.success) continue;
    const { restorePointId } = kept.data;
    const own = await ownOf(identity.data);
    if (own.some((one) => one.complete && sameResource(one.restorePointId, restorePointId)))
      there.set(pointId, kept.data);
  }
  return there;
}

/**
 * The vault can always do without the snapshot: whatever Azure has against telling of it costs time, not the
 * restore.
 */
function noneIfAzureFails(error: unknown): [] {
  if (error instanceof BackupError) return [];
  throw error;
}
