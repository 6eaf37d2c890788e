import type { Compute } from '../compute/arm/connection';
import { isOwn } from '../compute/arm/ownership';
import { parseResourceId, resourceKey, type VmRef } from '../compute/arm/resource-id';
import type { CreateNetworkInterfaceInput } from '../compute/restore/network-interface';
import { findVm } from '../compute/vms/find-vm';
import { findNetworkInterface } from '../compute/vms/network-interfaces';
import { backupError } from '../failures/failure';
import type { RecoveryPoint } from '../vault/format/manifest';
import { capturedVm } from './captured-configuration';
import type { RestoreToVm } from './restore-target';
import { leftOut } from './restored-vm-model';

/** Where a new VM will be, and how it is connected. */
export interface NewVmPlan {
  ref: VmRef;
  networkInterfaceId: string;
  /** Present when the restore makes the network interface itself. */
  makeInterface?: CreateNetworkInterfaceInput;
}

/** Source: "Naming rules and restrictions for Azure resources". */
const MAX_WINDOWS_NAME = 15;

/**
 * Checks, before any byte is restored, that the new VM can be made: its name is free, its network interface
 * is there, free and near. Fails with `RestoreVmConflict`, `RestoreVmRefused`, `NetworkInterfaceNotFound`,
 * `NetworkInterfaceInUse`.
 */
export async function planNewVm(
  compute: Compute,
  point: Pick<RecoveryPoint, 'vm'>,
  jobId: string,
  target: RestoreToVm,
): Promise<{ newVm: NewVmPlan; zones?: string[]; warnings: string[] }> {
  const { subscriptionId, resourceGroup, os, configuration } = capturedVm(point);
  const { location, zones } = configuration.virtualMachine;
  const { name, network } = target;
  const ref: VmRef = { subscriptionId, resourceGroup: target.resourceGroup ?? resourceGroup, name };
  if (os === 'Windows' && (name.length > MAX_WINDOWS_NAME || name.includes('.'))) {
    const rule = `at most ${MAX_WINDOWS_NAME} characters and no period`;
    throw backupError('RestoreVmRefused', `The name of a Windows VM has ${rule}: ${name}.`);
  }
  const there = await findVm(compute, ref);
  if (there && !isOwn(compute, there.tags, jobId)) {
    throw backupError('RestoreVmConflict', `The VM ${name} exists already in ${ref.resourceGroup}.`);
  }
  const warnings = leftOut(point);
  const given = 'interface' in network ? network.interface : network.subnet;
  // Azure connects a VM within its own subscription only.
  if (resourceKey(parseResourceId(given).subscriptionId) !== resourceKey(subscriptionId)) {
    throw backupError('NetworkInterfaceNotFound', `${given} is not in the subscription of the VM.`);
  }
  if ('subnet' in network) {
    const id = interfaceId(ref, jobId);
    const makeInterface = { jobId, id, location, subnetId: network.subnet };
    return { newVm: { ref, networkInterfaceId: id, makeInterface }, zones, warnings };
  }
  await checkInterface(compute, given, location);
  return { newVm: { ref, networkInterfaceId: given }, zones, warnings };
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

const interfaceId = ({ subscriptionId, resourceGroup, name }: VmRef, jobId: string) =>
  `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.Network/networkInterfaces/${name}-nic-${jobId.slice(-6)}`;
