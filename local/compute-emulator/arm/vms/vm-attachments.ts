import type { Cloud } from '../../cloud/cloud';
import { keyOf } from '../../cloud/ids';
import { object } from '../../cloud/json';
import type { AttachedDisk, Disk, Tables, Vm } from '../../cloud/model';
import type { Change } from '../../store/document-store';
import { diskState } from '../managed-disks/render-disk';
import { ArmError, invalidParameter, resourceNotFound } from '../rest/arm-error';
import { refuseMisfit } from './vm-fit';

/** The VM, and the disks and network interfaces that come and go with the change. */
export function changeVm(cloud: Cloud, before: Vm | undefined, after: Vm): Change<Tables>[] {
  const kept = new Set(after.disks.map(({ diskId }) => keyOf(diskId)));
  if (
    kept.size < after.disks.length ||
    new Set(after.disks.map(({ lun }) => lun)).size < after.disks.length
  ) {
    throw invalidParameter('dataDisks', 'Each disk and each lun can be used only once.');
  }
  refuseExchange(before, after);
  refuseMisfit(cloud, after);
  const gone = (before?.disks ?? []).filter(({ diskId }) => !kept.has(keyOf(diskId)));
  return [
    ...detached(cloud, { disks: gone.map((disk) => ({ ...disk, deleteOption: 'Detach' })) }),
    ...after.disks.map((disk) => attach(cloud, disk.diskId, after)),
    ...after.networkInterfaces.map((each) => connect(cloud, String(each.id), after)),
    ...spoiledRestorePoints(cloud, after),
    { table: 'vms', key: keyOf(after.id), value: after },
  ];
}

/** A data disk has to leave its place before another one takes it. */
function refuseExchange(before: Vm | undefined, after: Vm): void {
  const exchanged = after.disks.some(({ lun, diskId }) => {
    const present = before?.disks.find((disk) => disk.lun === lun);
    return lun >= 0 && present !== undefined && keyOf(present.diskId) !== keyOf(diskId);
  });
  if (!exchanged) return;
  const message = "Changing property 'dataDisk.managedDisk.id' is not allowed.";
  throw new ArmError(409, 'PropertyChangeNotAllowed', message);
}

function attach(cloud: Cloud, diskId: string, vm: Vm): Change<Tables> {
  const disk = cloud.store.get('disks', keyOf(diskId));
  if (disk === undefined) throw resourceNotFound(diskId);
  const isOurs = disk.managedBy !== undefined && keyOf(disk.managedBy) === keyOf(vm.id);
  if (disk.managedBy !== undefined && !isOurs) {
    throw new ArmError(
      409,
      'ConflictingUserInput',
      `Disk '${disk.name}' cannot be attached as the disk is already owned by VM '${disk.managedBy}'.`,
    );
  }
  const zones = [vm.zones ?? [], disk.zones ?? []].map(String);
  if (!isOurs && !disk.sku.endsWith('_ZRS') && zones[0] !== zones[1]) {
    const message =
      `Disk '${disk.name}' (zones: ${zones[1]}) cannot be attached ` +
      `to VM '${vm.name}' (zones: ${zones[0]}).`;
    throw new ArmError(400, 'BadRequest', message);
  }
  const state = diskState(cloud, disk);
  if (!isOurs && state !== 'Unattached') {
    throw new ArmError(
      409,
      'OperationNotAllowed',
      `Disk '${disk.name}' cannot be attached in state ${state}.`,
    );
  }
  const ownershipChangedAt = isOurs ? disk.ownershipChangedAt : cloud.now().toISOString();
  return { table: 'disks', key: keyOf(diskId), value: { ...disk, managedBy: vm.id, ownershipChangedAt } };
}

function connect(cloud: Cloud, id: string, vm: Vm): Change<Tables> {
  const nic = cloud.store.get('networkInterfaces', keyOf(id));
  if (nic === undefined) throw resourceNotFound(id);
  const owner = object(nic.properties.virtualMachine).id;
  if (typeof owner === 'string' && keyOf(owner) !== keyOf(vm.id)) {
    throw new ArmError(409, 'NicInUse', `Network interface ${nic.name} is used by VM ${owner}.`);
  }
  const properties = { ...nic.properties, virtualMachine: { id: vm.id } };
  return { table: 'networkInterfaces', key: keyOf(id), value: { ...nic, properties } };
}

export const detached = (cloud: Cloud, vm: Pick<Vm, 'disks'>): Change<Tables>[] =>
  ownershipChanges(cloud, vm, (disk, { deleteOption }) =>
    deleteOption === 'Delete' ? null : { ...disk, managedBy: undefined },
  );

/** What the disks of a VM tell after it was deallocated or started. */
export const heldAnew = (cloud: Cloud, vm: Pick<Vm, 'disks'>): Change<Tables>[] =>
  ownershipChanges(cloud, vm, (disk) => disk);

function ownershipChanges(
  cloud: Cloud,
  vm: Pick<Vm, 'disks'>,
  after: (disk: Disk, attached: AttachedDisk) => Disk | null,
): Change<Tables>[] {
  const ownershipChangedAt = cloud.now().toISOString();
  return vm.disks.flatMap((attached) => {
    const disk = cloud.store.get('disks', keyOf(attached.diskId));
    if (disk === undefined) return [];
    const changed = after(disk, attached);
    const value = changed && { ...changed, ownershipChangedAt };
    return [{ table: 'disks', key: keyOf(attached.diskId), value } as const];
  });
}

export function freedInterfaces(cloud: Cloud, vm: Vm): Change<Tables>[] {
  return vm.networkInterfaces.flatMap((each) => {
    const nic = cloud.store.get('networkInterfaces', keyOf(String(each.id)));
    if (nic === undefined) return [];
    const { virtualMachine: _gone, ...properties } = nic.properties;
    return [{ table: 'networkInterfaces', key: keyOf(nic.id), value: { ...nic, properties } } as const];
  });
}

/** A change of the VM makes the restore points fail that are being created. */
function spoiledRestorePoints(cloud: Cloud, vm: Vm): Change<Tables>[] {
  const message =
    "Changes were made to the Virtual Machine while the operation 'Create Restore Point' was in progress.";
  return cloud.store
    .list('operations')
    .filter(({ kind, resourceId }) => {
      const point = cloud.store.get('restorePoints', keyOf(resourceId));
      return kind === 'restorePoints.create' && point !== undefined && keyOf(point.vmId) === keyOf(vm.id);
    })
    .map((operation) => ({
      table: 'operations',
      key: operation.id,
      value: { ...operation, error: { code: 'OperationNotAllowed', message } },
    }));
}
