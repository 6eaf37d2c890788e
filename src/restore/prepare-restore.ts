import { snapshotStillThere } from '../backup/kept-snapshot';
import { holdVm } from '../protection/hold-vm';
import type { ProtectionServices } from '../protection/protection-services';
import type { Settings } from '../settings';
import type { RecoveryPoint } from '../vault/format/manifest';
import { readPoint } from '../vault/points';
import { capturedVm } from './captured-configuration';
import { type NewVmPlan, planNewVm } from './new-vm';
import { inspectReplaceable } from './replacement';
import { keepNewVm, keepOrders } from './restore-documents';
import { type RestorePlace, restoreOrders } from './restore-orders';
import type { RestoreTarget } from './restore-target';

/** What a restore job was asked to do. */
export interface RestoreRequest {
  jobId: string;
  vmKey: string;
  pointId: string;
  to: RestoreTarget;
}

/** What a restore will do, from looking at its recovery point and at where it goes. */
export interface RestorePlan {
  diskIds: string[];
  /** Present for a restore to a new VM. */
  newVm?: NewVmPlan;
  warnings: string[];
}

type RestoreServices = Pick<ProtectionServices, 'compute' | 'store' | 'vault' | 'protectedVms'> & {
  settings: Pick<Settings, 'restoreResourceGroup'>;
};

/**
 * Plans a restore and keeps the orders for its disks; nothing is made yet. A restore in place holds its VM
 * from here on. Fails with `RecoveryPointNotFound`, and with what `inspectReplaceable`, `holdVm` and
 * `planNewVm` say cannot be done.
 */
export async function prepareRestore(
  services: RestoreServices,
  request: RestoreRequest,
): Promise<RestorePlan> {
  const point = await readPoint(services.vault, request.pointId);
  const { place, ...plan } = await lookAtTarget(services, point, request);
  const fromVault = request.to.from === 'vault';
  const snapshot = fromVault ? undefined : await snapshotStillThere(services.compute, point);
  const planned = restoreOrders(point, request.jobId, {
    ...place,
    snapshot,
    skipDamage: request.to.damaged === 'skip',
  });
  const orders = await keepOrders(services.store, request.jobId, planned);
  return { ...plan, diskIds: orders.map(({ diskId }) => diskId) };
}

/** What cannot be done is said before any byte is restored. */
async function lookAtTarget(
  { compute, protectedVms, store, settings }: RestoreServices,
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
  await keepNewVm(store, jobId, plan.newVm);
  return {
    place: { resourceGroup, zones: { ofVm: plan.zones } },
    newVm: plan.newVm,
    warnings: plan.warnings,
  };
}
