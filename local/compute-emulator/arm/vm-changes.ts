import { randomUUID } from 'node:crypto';
import type { Cloud } from '../cloud';
import { factsOfNewGuest, guestSchema } from '../fleet/guest';
import type { AttachedDisk, Json, Tables, Vm } from '../model';
import type { Change } from '../store/document-store';
import { ArmError, invalidParameter, resourceNotFound } from './arm-error';
import { diskState } from './disks';
import { computeId, keyOf } from './ids';
import { accepted, type Completions, type Operations, type Results } from './operations';
import { renderStorageProfile, renderVm } from './render-vm';
import { type ArmRequest, type ArmResponse, groupRoute, type Route } from './route';
import { findVm, VM_PATH } from './vms';

export const vmCompletions: Completions = {
  'virtualMachines.createOrUpdate': (cloud, { resourceId, error }) => {
    const vm = cloud.store.get('vms', keyOf(resourceId));
    if (vm === undefined) return [];
    const provisioningState = error === undefined ? 'Succeeded' : 'Failed';
    return [{ table: 'vms', key: keyOf(vm.id), value: { ...vm, provisioningState } }];
  },
  'virtualMachines.attachDetachDataDisks': (cloud, { resourceId }) => {
    const vm = cloud.store.get('vms', keyOf(resourceId));
    if (vm === undefined) return [];
    return [{ table: 'vms', key: keyOf(vm.id), value: { ...vm, provisioningState: 'Succeeded' } }];
  },
  'virtualMachines.delete': (cloud, { resourceId, error }) => {
    const vm = cloud.store.get('vms', keyOf(resourceId));
    if (vm === undefined || error !== undefined) return [];
    return [
      { table: 'vms', key: keyOf(vm.id), value: null },
      ...detached(cloud, vm),
      ...freedInterfaces(cloud, vm),
    ];
  },
};

export const vmResults: Results = {
  'virtualMachines.createOrUpdate': (cloud, key) => {
    const vm = cloud.store.get('vms', key);
    return vm && renderVm(cloud, vm);
  },
};

export function vmChangeRoutes(operations: Operations): Route[] {
  function save(cloud: Cloud, request: ArmRequest, before: Vm | undefined, vm: Vm): ArmResponse {
    const updating: Vm = { ...vm, provisioningState: before === undefined ? 'Creating' : 'Updating' };
    const kind = 'virtualMachines.createOrUpdate';
    const operation = operations.start(cloud, { kind, resourceId: vm.id }, changeVm(cloud, before, updating));
    return accepted(cloud, request, operation, before === undefined ? 201 : 200, renderVm(cloud, updating));
  }

  return [
    groupRoute('virtualMachines.createOrUpdate', 'PUT', VM_PATH, (cloud, request) => {
      const id = computeId(request.names.group ?? '', 'virtualMachines', request.names.vm ?? '');
      const existing = cloud.store.get('vms', keyOf(id));
      const vm = existing ?? newVm(cloud, id, request);
      return save(cloud, request, existing, { ...vm, ...modelChanges(cloud, vm, request.body) });
    }),
    groupRoute('virtualMachines.update', 'PATCH', VM_PATH, (cloud, request) => {
      const vm = findVm(cloud, request);
      return save(cloud, request, vm, { ...vm, ...modelChanges(cloud, vm, request.body) });
    }),
    groupRoute('virtualMachines.delete', 'DELETE', VM_PATH, (cloud, request) => {
      const id = computeId(request.names.group ?? '', 'virtualMachines', request.names.vm ?? '');
      if (cloud.store.get('vms', keyOf(id)) === undefined) return { status: 204 };
      const kind = 'virtualMachines.delete';
      return accepted(cloud, request, operations.start(cloud, { kind, resourceId: id }));
    }),
    groupRoute(
      'virtualMachines.attachDetachDataDisks',
      'POST',
      `${VM_PATH}/attachDetachDataDisks`,
      (cloud, request) => {
        const vm = findVm(cloud, request);
        const gone = new Set(list(request.body.dataDisksToDetach).map((disk) => keyOf(String(disk.diskId))));
        const kept = vm.disks.filter(({ diskId }) => !gone.has(keyOf(diskId)));
        const added = list(request.body.dataDisksToAttach).map((disk) =>
          readDisk(disk, String(disk.diskId), Number(disk.lun)),
        );
        const changed = { ...vm, disks: [...kept, ...added], provisioningState: 'Updating' };
        cloud.store.commit(changeVm(cloud, vm, changed));
        const operation = operations.start(cloud, {
          kind: 'virtualMachines.attachDetachDataDisks',
          resourceId: vm.id,
          output: renderStorageProfile(cloud, changed),
        });
        return accepted(cloud, request, operation);
      },
    ),
  ];
}

/** A VM from existing disks runs at once. Its guest is healthy; nothing is known of it from before. */
function newVm(cloud: Cloud, id: string, { names, body }: ArmRequest): Vm {
  const osDisk = object(object(object(body.properties).storageProfile).osDisk);
  if (osDisk.createOption !== 'Attach') {
    throw invalidParameter(
      'osDisk.createOption',
      'The emulator makes VMs from existing disks only: it must be Attach.',
    );
  }
  if (osDisk.osType !== 'Windows' && osDisk.osType !== 'Linux') {
    throw invalidParameter('osDisk.osType', 'It must be Windows or Linux.');
  }
  const guest = guestSchema.parse({});
  return {
    id,
    name: names.vm ?? '',
    resourceGroup: names.group ?? '',
    tags: {},
    vmId: randomUUID(),
    os: osDisk.osType,
    timeCreated: cloud.now().toISOString(),
    powerState: 'running',
    provisioningState: 'Creating',
    vmSize: 'Standard_D2s_v5',
    ...(Array.isArray(body.zones) && { zones: body.zones as string[] }),
    ...(body.identity !== undefined && { identity: object(body.identity) }),
    ...(body.plan !== undefined && { plan: object(body.plan) }),
    properties: {},
    networkInterfaces: [],
    disks: [],
    extensions: [],
    guest,
    facts: factsOfNewGuest(osDisk.osType),
    fileConsistentPointsLeft: 0,
  };
}

/** What the body of a PUT or PATCH changes; what it does not name stays. */
function modelChanges(cloud: Cloud, vm: Vm, body: Json): Partial<Vm> {
  const {
    hardwareProfile,
    storageProfile,
    networkProfile,
    provisioningState,
    vmId,
    timeCreated,
    instanceView,
    ...rest
  } = object(body.properties);
  const { osDisk, dataDisks } = object(storageProfile);
  const vmSize = object(hardwareProfile).vmSize;
  const osDisks =
    osDisk === undefined ? vm.disks.filter(({ lun }) => lun === -1) : [readOsDisk(cloud, vm, object(osDisk))];
  const others =
    dataDisks === undefined
      ? vm.disks.filter(({ lun }) => lun !== -1)
      : list(dataDisks).map((disk) => readDisk(disk, String(object(disk.managedDisk).id), Number(disk.lun)));
  return {
    disks: [...osDisks, ...others],
    properties: { ...vm.properties, ...rest },
    ...(body.tags !== undefined && { tags: body.tags as Record<string, string> }),
    ...(typeof vmSize === 'string' && { vmSize }),
    ...(networkProfile !== undefined && {
      networkInterfaces: list(object(networkProfile).networkInterfaces),
    }),
  };
}

function readOsDisk(cloud: Cloud, vm: Vm, body: Json): AttachedDisk {
  const present = vm.disks.find(({ lun }) => lun === -1);
  const id = object(body.managedDisk).id;
  if (typeof id !== 'string') throw invalidParameter('osDisk.managedDisk.id', 'It is required.');
  const isSwap = present !== undefined && keyOf(present.diskId) !== keyOf(id);
  if (isSwap && vm.powerState !== 'deallocated') {
    throw new ArmError(
      409,
      'OperationNotAllowed',
      `The OS disk of VM ${vm.name} can be swapped only while it is deallocated.`,
    );
  }
  const osType = cloud.store.get('disks', keyOf(id))?.properties.osType;
  if (isSwap && osType !== undefined && osType !== vm.os) {
    throw invalidParameter('osDisk.managedDisk.id', `The disk holds ${String(osType)}, the VM is ${vm.os}.`);
  }
  return { ...readDisk(body, id, -1), ephemeral: present?.ephemeral ?? false };
}

function readDisk(body: Json, diskId: string, lun: number): AttachedDisk {
  if (!Number.isInteger(lun)) throw invalidParameter('dataDisk.lun', 'It must be a whole number.');
  return {
    lun,
    diskId,
    caching: String(body.caching ?? (lun === -1 ? 'ReadWrite' : 'None')),
    writeAcceleratorEnabled: body.writeAcceleratorEnabled === true,
    deleteOption: String(body.deleteOption ?? 'Detach'),
    ephemeral: false,
  };
}

/** The VM, and the disks and network interfaces that come and go with the change. */
function changeVm(cloud: Cloud, before: Vm | undefined, after: Vm): Change<Tables>[] {
  const kept = new Set(after.disks.map(({ diskId }) => keyOf(diskId)));
  if (
    kept.size < after.disks.length ||
    new Set(after.disks.map(({ lun }) => lun)).size < after.disks.length
  ) {
    throw invalidParameter('dataDisks', 'Each disk and each lun can be used only once.');
  }
  const gone = (before?.disks ?? []).filter(({ diskId }) => !kept.has(keyOf(diskId)));
  return [
    ...detached(cloud, { disks: gone.map((disk) => ({ ...disk, deleteOption: 'Detach' })) }),
    ...after.disks.map((disk) => attach(cloud, disk.diskId, after)),
    ...after.networkInterfaces.map((each) => connect(cloud, String(each.id), after)),
    ...spoiledRestorePoints(cloud, after),
    { table: 'vms', key: keyOf(after.id), value: after },
  ];
}

function attach(cloud: Cloud, diskId: string, vm: Vm): Change<Tables> {
  const disk = cloud.store.get('disks', keyOf(diskId));
  if (disk === undefined) throw resourceNotFound(diskId);
  const isOurs = disk.managedBy !== undefined && keyOf(disk.managedBy) === keyOf(vm.id);
  if (disk.managedBy !== undefined && !isOurs) {
    const message = `Disk '${disk.name}' cannot be attached as the disk is already owned by VM '${disk.managedBy}'.`;
    throw new ArmError(409, 'ConflictingUserInput', message);
  }
  const state = diskState(cloud, disk);
  if (!isOurs && state !== 'Unattached') {
    throw new ArmError(
      409,
      'OperationNotAllowed',
      `Disk '${disk.name}' cannot be attached in state ${state}.`,
    );
  }
  return { table: 'disks', key: keyOf(diskId), value: { ...disk, managedBy: vm.id } };
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

function detached(cloud: Cloud, vm: Pick<Vm, 'disks'>): Change<Tables>[] {
  return vm.disks.flatMap(({ diskId, deleteOption }) => {
    const disk = cloud.store.get('disks', keyOf(diskId));
    if (disk === undefined) return [];
    const value = deleteOption === 'Delete' ? null : { ...disk, managedBy: undefined };
    return [{ table: 'disks', key: keyOf(diskId), value } as const];
  });
}

function freedInterfaces(cloud: Cloud, vm: Vm): Change<Tables>[] {
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

function object(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}

function list(value: unknown): Json[] {
  return Array.isArray(value) ? (value as Json[]) : [];
}
