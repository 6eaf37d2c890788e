import { randomUUID } from 'node:crypto';
import type { Cloud } from '../../cloud/cloud';
import { keyOf } from '../../cloud/ids';
import { list, object } from '../../cloud/json';
import type { AttachedDisk, Json, Vm } from '../../cloud/model';
import { factsOfNewGuest, guestSchema } from '../../guests/guest';
import { ArmError, invalidParameter } from '../rest/arm-error';
import type { ArmRequest } from '../rest/route';

/** A VM from existing disks runs at once. Its guest is healthy; nothing is known of it from before. */
export function newVm(cloud: Cloud, id: string, { names, body }: ArmRequest): Vm {
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
  if (list(object(object(body.properties).networkProfile).networkInterfaces).length === 0) {
    throw invalidParameter('networkProfile', 'A VM needs a network interface.');
  }
  if (object(body.properties).osProfile !== undefined) {
    throw invalidParameter('osProfile', 'It is not allowed for a VM that is made of an existing disk.');
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
    ...(body.extendedLocation !== undefined && { extendedLocation: object(body.extendedLocation) }),
    ...(body.placement !== undefined && { placement: object(body.placement) }),
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
export function modelChanges(cloud: Cloud, vm: Vm, body: Json): Partial<Vm> {
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
  const { osDisk, dataDisks, diskControllerType, imageReference: _none, ...storage } = object(storageProfile);
  const { vmSize, ...hardware } = object(hardwareProfile);
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
    ...(typeof vmSize === 'string' && { vmSize, hardware }),
    ...(typeof diskControllerType === 'string' && { diskControllerType }),
    ...(storageProfile !== undefined && { storage: { ...vm.storage, ...storage } }),
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
  const isEphemeral = object(body.diffDiskSettings).option === 'Local';
  return { ...readDisk(body, id, -1), ephemeral: isEphemeral || (present?.ephemeral ?? false) };
}

export function readDisk(body: Json, diskId: string, lun: number): AttachedDisk {
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
