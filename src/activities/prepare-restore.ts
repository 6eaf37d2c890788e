import { KeptSnapshot } from '../backup/previous-disks';
import { restoreOrders } from '../backup/restore-orders';
import { listOwnSnapshots } from '../compute/own-snapshots';
import type { VmRef } from '../compute/resource-id';
import type { Services } from '../services';
import type { RecoveryPoint } from '../vault/format/manifest';
import { readPoint } from '../vault/points';
import { registerActivity } from './register-activity';

registerActivity('prepareRestore', async (request, { vault, settings, compute }) => {
  const point = await readPoint(vault, request.pointId);
  const resourceGroup = request.resourceGroup ?? settings.restoreResourceGroup;
  const snapshot = await snapshotStillThere(compute, point);
  return { disks: restoreOrders(point, request.jobId, { resourceGroup, snapshot }) };
});

/** The kept snapshot of a point, if Azure still has it: the vault can always do without. */
async function snapshotStillThere(
  compute: Services['compute'],
  point: RecoveryPoint,
): Promise<KeptSnapshot | undefined> {
  const kept = KeptSnapshot.safeParse(point.snapshot);
  if (!kept.success) return undefined;
  const { subscriptionId, resourceGroup, name } = point.vm as unknown as VmRef;
  const own = await listOwnSnapshots(compute, { subscriptionId, resourceGroup, name }).catch(() => []);
  return own.some(({ jobId, complete }) => complete && jobId === point.runId) ? kept.data : undefined;
}
