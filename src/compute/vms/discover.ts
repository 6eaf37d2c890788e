import type { VirtualMachine } from '@azure/arm-compute';
import { BackupError, toFailure } from '../../failures/failure';
import { collect } from '../arm/collect';
import type { Compute } from '../arm/connection';
import { vmKey } from '../arm/own-names';
import { resourceKey, type VmRef, vmRefOf } from '../arm/resource-id';
import { during } from '../failures/arm-failure';
import { modelDisks } from './model-disks';
import { type OsType, type PowerState, readPowerState } from './vm-state';

/** A disk of a VM as the VM's model shows it. */
export interface DiscoveredDisk {
  /** `os` or `lun-N`. */
  diskId: string;
  /** −1 for the OS disk. */
  lun: number;
  name: string;
  /** Absent for disks without a resource of their own. */
  resourceId?: string;
  /**
   * In bytes, rounded up to GiB; absent where the model does not tell, as it does not for deallocated VMs.
   */
  sizeBytes?: number;
}

/** A VM that could be backed up. */
export interface DiscoveredVm {
  /** Stable and safe in names; a VM that is made anew under the same name gets another one. */
  key: string;
  ref: VmRef;
  resourceId: string;
  vmId: string;
  location: string;
  os: OsType;
  powerState: PowerState;
  tags: Record<string, string>;
  disks: DiscoveredDisk[];
}

const GIB = 2 ** 30;

export const diskIdOf = (lun: number): string => (lun < 0 ? 'os' : `lun-${lun}`);

/** The disks in a VM's model, the OS disk first, then by LUN. */
export function disksOf(vm: VirtualMachine): DiscoveredDisk[] {
  return modelDisks(vm.storageProfile).map(({ lun, name, diskSizeGB, managedDisk }) => ({
    diskId: diskIdOf(lun),
    lun,
    name: name ?? diskIdOf(lun),
    resourceId: managedDisk?.id,
    sizeBytes: diskSizeGB === undefined ? undefined : diskSizeGB * GIB,
  }));
}

/** The operating system of a VM's model. */
export const osOf = (vm: VirtualMachine): OsType =>
  vm.storageProfile?.osDisk?.osType === 'Windows' || vm.osProfile?.windowsConfiguration ? 'Windows' : 'Linux';

/** What Azure shows of the fleet now. */
export interface DiscoveredFleet {
  /** By key. */
  vms: DiscoveredVm[];
  /** Why subscriptions could not be read, by their id in lower case: nothing is known of the VMs in them. */
  unread: Map<string, BackupError>;
}

/**
 * Every VM of every subscription that can be read, with its power state: two listings per subscription
 * whatever the number of VMs, because `statusOnly` answers states without models. A subscription with one
 * page that cannot be read is `unread` as a whole, with `ComputeAccessDenied`, `TooManyRequests` or
 * `ComputeUnavailable`, and keeps nobody from reading the others.
 */
export async function discoverVms(compute: Compute): Promise<DiscoveredFleet> {
  const unread = new Map<string, BackupError>();
  const found = await Promise.all(
    compute.settings.subscriptions.map(async (id) => {
      try {
        return await discoverSubscription(compute, id);
      } catch (error) {
        const failure = toFailure(error);
        const message = `The subscription ${id} could not be read: ${failure.message}`;
        unread.set(id.toLowerCase(), new BackupError({ ...failure, message }, { cause: error }));
        return [];
      }
    }),
  );
  const vms = found.flat().sort((left, right) => left.key.localeCompare(right.key));
  return { vms, unread };
}

async function discoverSubscription(compute: Compute, subscriptionId: string): Promise<DiscoveredVm[]> {
  const { virtualMachines } = compute.client(subscriptionId);
  const [states, models] = await during('discover', () =>
    Promise.all([
      collect(virtualMachines.listAll({ statusOnly: 'true' })),
      collect(virtualMachines.listAll()),
    ]),
  );
  const stateOf = new Map(states.map((vm) => [resourceKey(vm.id ?? ''), readPowerState(vm.instanceView)]));
  return models.flatMap((vm) => {
    const { id, vmId, name } = vm;
    if (!id || !vmId || !name) return [];
    return {
      key: vmKey(name, vmId),
      ref: { ...vmRefOf(id), name },
      resourceId: id,
      vmId,
      location: vm.location,
      os: osOf(vm),
      powerState: stateOf.get(resourceKey(id)) ?? 'unknown',
      tags: vm.tags ?? {},
      disks: disksOf(vm),
    };
  });
}
