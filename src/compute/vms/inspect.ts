import type { VirtualMachine } from '@azure/arm-compute';
import type { Compute } from '../arm/connection';
import { vmKey } from '../arm/own-names';
import { parseResourceId, type VmRef, vmResourceId } from '../arm/resource-id';
import { diskObstacle, type Obstacle, obstacle } from '../disks/disk-obstacles';
import { during } from '../failures/arm-failure';
import { diskIdOf, osOf } from './discover';
import { modelDisks } from './model-disks';
import { type RawResource, readRaw } from './raw-resource';
import {
  type AgentState,
  type ExtensionState,
  findBackupExtension,
  mayWrite,
  type OsType,
  type PowerState,
  readAgent,
  readExtensions,
  readPowerState,
  readProvisioningState,
} from './vm-state';

/** A disk of an inspected VM. */
export interface InspectedDisk {
  /** `os` or `lun-N`. */
  diskId: string;
  lun: number;
  name: string;
  /** Empty for disks without a resource of their own (ephemeral, unmanaged). */
  resourceId: string;
  /** The disk's identity: a disk made anew under the same name has another one. */
  uniqueId: string;
  /** In bytes, without any VHD footer; 0 where unknown. */
  sizeBytes: number;
  /** Present when the disk cannot be backed up. */
  obstacle?: Obstacle;
}

/** A VM as it is right before a backup. */
export interface VmInspection {
  key: string;
  ref: VmRef;
  resourceId: string;
  vmId: string;
  location: string;
  os: OsType;
  powerState: PowerState;
  /** False only where Azure says that nothing runs inside that could write. */
  running: boolean;
  /** In lower case: `succeeded`, `updating`, `failed`, … */
  provisioningState: string;
  /** Present when the VM as a whole cannot be backed up now. */
  obstacle?: Obstacle;
  agent: AgentState;
  extensions: ExtensionState[];
  /** The backup extension, when it is there already. */
  backupExtension?: ExtensionState;
  disks: InspectedDisk[];
  /** What Azure answered, for whoever keeps it: nothing of it has to be read again. */
  answers: { virtualMachine: RawResource; disks: RawResource[] };
}

/**
 * Looks at a VM and all its disks, each read once. Fails with `VmNotFound`, `ComputeAccessDenied`,
 * `TooManyRequests`, `ComputeUnavailable`.
 */
export async function inspectVm(compute: Compute, ref: VmRef): Promise<VmInspection> {
  const { virtualMachines } = compute.client(ref.subscriptionId);
  const { resourceGroup, name } = ref;
  const [{ value: vm, raw }, instanceView] = await Promise.all([
    // User data comes only where it is asked for, and then without the state.
    readRaw('inspect', (options) =>
      virtualMachines.get(resourceGroup, name, { ...options, expand: 'userData' }),
    ),
    during('inspect', () => virtualMachines.instanceView(resourceGroup, name)),
  ]);
  const os = osOf(vm);
  const powerState = readPowerState(instanceView);
  const provisioningState = readProvisioningState(instanceView, vm.provisioningState);
  const extensions = readExtensions(instanceView);
  const disks = await inspectDisks(compute, vm);
  return {
    key: vmKey(vm.name ?? name, vm.vmId ?? ''),
    ref,
    resourceId: vm.id ?? vmResourceId(ref),
    vmId: vm.vmId ?? '',
    location: vm.location,
    os,
    powerState,
    running: mayWrite(powerState),
    provisioningState,
    obstacle: vmObstacle(powerState, provisioningState),
    agent: readAgent(instanceView),
    extensions,
    backupExtension: findBackupExtension(extensions, os),
    disks: disks.map(({ inspected }) => inspected),
    answers: { virtualMachine: raw, disks: disks.flatMap(({ raw: disk }) => (disk ? [disk] : [])) },
  };
}

/**
 * Azure Backup accepts running, stopped and deallocated VMs whose last change succeeded; everything else is
 * refused.
 */
export function vmObstacle(powerState: PowerState, provisioningState: string): Obstacle | undefined {
  if (provisioningState === 'failed') return obstacle('UserErrorVmProvisioningStateFailed');
  const settled = ['running', 'stopped', 'deallocated', 'unknown'].includes(powerState);
  const changing = ['updating', 'creating', 'deleting', 'migrating'].includes(provisioningState);
  return settled && !changing ? undefined : obstacle('UserErrorVmNotInDesirableState');
}

interface ModelDisk {
  lun: number;
  name?: string;
  managedDisk?: { id?: string };
  diffDiskSettings?: { option?: string };
  vhd?: { uri?: string };
}

/** A disk, and what Azure answered about it where it has a resource. */
interface ReadDisk {
  inspected: InspectedDisk;
  raw?: RawResource;
}

async function inspectDisks(compute: Compute, vm: VirtualMachine): Promise<ReadDisk[]> {
  return Promise.all(modelDisks(vm.storageProfile).map((disk) => inspectDisk(compute, disk)));
}

async function inspectDisk(compute: Compute, model: ModelDisk): Promise<ReadDisk> {
  const { lun, name = diskIdOf(lun), managedDisk } = model;
  const resourceId = managedDisk?.id ?? '';
  const common = { diskId: diskIdOf(lun), lun, name, resourceId };
  const isEphemeral = model.diffDiskSettings?.option === 'Local';
  if (isEphemeral || resourceId === '') {
    const code = isEphemeral ? 'DiskIsEphemeral' : 'DiskIsUnmanaged';
    return { inspected: { ...common, uniqueId: '', sizeBytes: 0, obstacle: obstacle(code) } };
  }
  const { subscriptionId, resourceGroup, names } = parseResourceId(resourceId);
  const { disks } = compute.client(subscriptionId);
  const { value: disk, raw } = await readRaw('inspect', (options) =>
    disks.get(resourceGroup, names[0] ?? '', options),
  );
  const inspected = {
    ...common,
    uniqueId: disk.uniqueId ?? '',
    sizeBytes: disk.diskSizeBytes ?? (disk.diskSizeGB ?? 0) * 2 ** 30,
    obstacle: diskObstacle(disk),
  };
  return { inspected, raw };
}
