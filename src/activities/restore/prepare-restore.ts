import { KeptSnapshot } from '../../backup/previous-disks';
import { sameResource, type VmRef } from '../../compute/arm/resource-id';
import { listOwnSnapshots } from '../../compute/snapshots/own-snapshots';
import { holdVm } from '../../protection/hold-vm';
import { capturedVm } from '../../restore/captured-configuration';
import { planNewVm } from '../../restore/new-vm';
import { inspectReplaceable } from '../../restore/replacement';
import { keepOrders } from '../../restore/restore-documents';
import { type RestorePlace, restoreOrders } from '../../restore/restore-orders';
import type { Services } from '../../services';
import type { RecoveryPoint } from '../../vault/format/manifest';
import { readPoint } from '../../vault/points';
import type { RestorePlan, RestoreRequest } from '../contract';
import { registerActivity } from '../register-activity';

registerActivity('prepareRestore', async (request, services) => {
  const point = await readPoint(services.vault, request.pointId);
  const { place, ...plan } = await lookAtTarget(services, point, request);
  const snapshot = await snapshotStillThere(services.compute, point);
  const planned = restoreOrders(point, request.jobId, { ...place, snapshot });
  const orders = await keepOrders(services.store, request.jobId, planned);
  return { ...plan, diskIds: orders.map(({ diskId }) => diskId) };
});

/** What cannot be done is said before any byte is restored. */
async function lookAtTarget(
  { compute, protectedVms, store, settings }: Services,
  point: RecoveryPoint,
  { jobId, vmKey, to }: RestoreRequest,
): Promise<Omit<RestorePlan, 'diskIds'> & { place: RestorePlace }> {
  if (to.target === 'replace') {
    const { vm, zones, warnings } = await inspectReplaceable(compute, point, to);
    // A snapshot taken between two swaps would hold disks of different times.
    const { os } = capturedVm(point);
    await holdVm({ protectedVms }, { key: vmKey, ...vm, os }, jobId, await store.now());
    return { place: { resourceGroup: vm.ref.resourceGroup, zones: { ofVm: zones } }, warnings };
  }
  const resourceGroup = to.resourceGroup ?? settings.restoreResourceGroup;
  if (to.target === 'disks') return { place: { resourceGroup }, warnings: [] };
  const plan = await planNewVm(compute, point, jobId, { ...to, resourceGroup });
  return {
    place: { resourceGroup, zones: { ofVm: plan.zones } },
    newVm: plan.newVm,
    warnings: plan.warnings,
  };
}

/** The kept snapshot of a point, if Azure still has it: the vault can always do without. */
async function snapshotStillThere(
  compute: Services['compute'],
  point: RecoveryPoint,
): Promise<KeptSnapshot | undefined> {
  const kept = KeptSnapshot.safeParse(point.snapshot);
  if (!kept.success) return undefined;
  const { subscriptionId, resourceGroup, name } = point.vm as unknown as VmRef;
  const own = await listOwnSnapshots(compute, { subscriptionId, resourceGroup, name }).catch(() => []);
  const isIt = ({ restorePointId }: { restorePointId: string }) =>
    sameResource(restorePointId, kept.data.restorePointId);
  return own.some((snapshot) => snapshot.complete && isIt(snapshot)) ? kept.data : undefined;
}
