import { snapshotStillThere } from '../backup/kept-snapshot';
import { holdVm } from '../protection/hold-vm';
import type { ProtectionServices } from '../protection/protection-services';
import type { Settings } from '../settings';
import type { RecoveryPoint } from '../vault/format/manifest';
import { readPoint } from '../vault/points';
import { capturedVm } from './captured-configuration';
import { type NewVmPlan, planNewVm } from './new-vm';
import { checkChosen, protectionGaps } from './possible';
import { inspectReplaceable } from './replacement';
import { keepInterfaces, keepNewVm, keepOrders } from './restore-documents';
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
  const { compute, store, settings, vault } = services;
  const { jobId, pointId, to } = request;
  const point = await readPoint(vault, pointId);
  const named = to.target === 'replace' ? undefined : (to.resourceGroup ?? settings.restoreResourceGroup);
  await checkChosen(compute, point, to, named);
  const gaps = await protectionGaps(compute, point, to);
  const { place, newVm, warnings } = await lookAtTarget(services, point, request);
  const snapshot = to.from === 'vault' ? undefined : await snapshotStillThere(compute, point);
  const planned = restoreOrders(point, jobId, {
    ...place,
    snapshot,
    choices: to,
    without: gaps.without,
    skipDamage: to.damaged === 'skip',
  });
  const orders = await keepOrders(store, jobId, planned.orders);
  return {
    diskIds: orders.map(({ diskId }) => diskId),
    newVm,
    warnings: [...gaps.warnings, ...warnings, ...planned.warnings],
  };
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
    const { subscriptionId, resourceGroup } = vm.ref;
    return { place: { subscriptionId, resourceGroup, zones: { ofVm: zones } }, warnings };
  }
  const resourceGroup = to.resourceGroup ?? settings.restoreResourceGroup;
  if (to.target === 'disks') {
    return { place: { resourceGroup, zones: to.zone ? { ofVm: [to.zone] } : undefined }, warnings: [] };
  }
  const { ref, zones, warnings, ...planned } = await planNewVm(compute, point, jobId, {
    ...to,
    resourceGroup,
  });
  const interfaces = await keepInterfaces(store, jobId, planned.interfaces);
  const newVm = { ref, interfaces: interfaces.map(({ id, make }) => ({ id, make: make !== undefined })) };
  await keepNewVm(store, jobId, newVm);
  return { place: { resourceGroup, zones: { ofVm: zones } }, newVm, warnings };
}
