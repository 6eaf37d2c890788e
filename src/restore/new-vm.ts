import type { Compute } from '../compute/arm/connection';
import { isOwn } from '../compute/arm/ownership';
import { parseResourceId, resourceKey, type VmRef } from '../compute/arm/resource-id';
import { findVm } from '../compute/vms/find-vm';
import { locateVm } from '../compute/vms/locate-vm';
import { findNetworkInterface } from '../compute/vms/network-interfaces';
import { BackupError, backupError } from '../failures/failure';
import type { RecoveryPoint } from '../vault/format/manifest';
import { type CapturedVm, capturedVm } from './captured-configuration';
import { chosenDisks } from './restore-orders';
import type { RestoreToVm } from './restore-target';
import { type RestoredInterface, restoredInterfaces } from './restored-interfaces';
import { leftOut } from './restored-vm-model';

/** Where a new VM will be, and how it is connected. */
export interface NewVmPlan {
  ref: VmRef;
  /** Its network interfaces; those with `make` are made by the restore. */
  interfaces: { id: string; make: boolean }[];
}

/** Source: "Naming rules and restrictions for Azure resources". */
const MAX_WINDOWS_NAME = 15;

/** A new VM that can be made. */
export interface PossibleVm {
  ref: VmRef;
  zones?: string[];
  interfaces: RestoredInterface[];
  warnings: string[];
}

/**
 * Checks, before any byte is restored, that the new VM can be made: its name is free, the point has its OS
 * disk, a network interface that is named is there, free and near. Fails with `RestoreVmConflict`,
 * `RestoreVmRefused`, `NetworkInterfaceNotFound`, `NetworkInterfaceInUse`.
 */
export async function planNewVm(
  compute: Compute,
  point: Pick<RecoveryPoint, 'vm' | 'disks'>,
  jobId: string,
  target: RestoreToVm,
): Promise<PossibleVm> {
  const captured = capturedVm(point);
  const { subscriptionId, resourceGroup, os, configuration } = captured;
  const { location, zones } = configuration.virtualMachine;
  const name = target.name ?? captured.name;
  const ref: VmRef = { subscriptionId, resourceGroup: target.resourceGroup ?? resourceGroup, name };
  if (os === 'Windows' && (name.length > MAX_WINDOWS_NAME || name.includes('.'))) {
    const rule = `at most ${MAX_WINDOWS_NAME} characters and no period`;
    throw backupError('RestoreVmRefused', `The name of a Windows VM has ${rule}: ${name}.`);
  }
  if (!chosenDisks(point, target.disks).some(({ lun }) => lun < 0)) {
    throw backupError('RestoreVmRefused', 'No VM can be made without the OS disk, which the point lacks.');
  }
  const there = await findVm(compute, ref);
  if (there && !isOwn(compute, there.tags, jobId)) {
    throw backupError('RestoreVmConflict', `The VM ${name} exists already in ${ref.resourceGroup}.`);
  }
  refuseOtherSubscription(captured, target);
  const oldVmLives = await isThere(compute, captured);
  const network = restoredInterfaces(point, { jobId, ref, target, oldVmLives });
  for (const { id, make } of network.interfaces) if (!make) await checkInterface(compute, id, location);
  return {
    ref,
    zones: target.zone ? [target.zone] : zones,
    interfaces: network.interfaces,
    warnings: [...leftOut(point, target), ...network.warnings],
  };
}

/** Azure connects a VM within its own subscription only. */
function refuseOtherSubscription({ subscriptionId }: CapturedVm, { network = {} }: RestoreToVm): void {
  const given = 'interface' in network ? [network.interface] : [network.subnet, network.securityGroup];
  for (const id of given) {
    if (!id || resourceKey(parseResourceId(id).subscriptionId) === resourceKey(subscriptionId)) continue;
    throw backupError('NetworkInterfaceNotFound', `${id} is not in the subscription of the VM.`);
  }
}

/** Whether the VM of the point still exists, wherever it has been moved, and no other of its name. */
async function isThere(compute: Compute, captured: CapturedVm): Promise<boolean> {
  const { subscriptionId, resourceGroup, name, vmId } = captured;
  const ref = { subscriptionId, resourceGroup, name };
  try {
    return (await locateVm(compute, { ref, vmId })) !== undefined;
  } catch (error) {
    // What may be in a subscription that cannot be read may have its addresses still.
    if (error instanceof BackupError) return true;
    throw error;
  }
}

async function checkInterface(compute: Compute, id: string, location: string): Promise<void> {
  const found = await findNetworkInterface(compute, id);
  if (!found) throw backupError('NetworkInterfaceNotFound', `There is no network interface ${id}.`);
  if (found.location.toLowerCase() !== location.toLowerCase()) {
    throw backupError('NetworkInterfaceNotFound', `${id} is in ${found.location}, the VM in ${location}.`);
  }
  const user = found.properties?.virtualMachine?.id;
  if (user) throw backupError('NetworkInterfaceInUse', `${id} belongs to ${user}.`);
}
