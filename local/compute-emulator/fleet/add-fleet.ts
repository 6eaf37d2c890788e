import { randomUUID } from 'node:crypto';
import type { Cloud } from '../cloud/cloud';
import { computeId, keyOf, networkId } from '../cloud/ids';
import type { AttachedDisk, Disk, NetworkInterface, Tables, Vm } from '../cloud/model';
import { describeImage } from '../disks/base-images';
import type { Stack } from '../disks/stack';
import { empty, grown } from '../disks/volume';
import { factsOfNewGuest } from '../guests/guest';
import type { Change } from '../store/document-store';
import type { Fleet, FleetDisk, FleetVm } from './fleet';
import { OS_LUN } from './fleet-schema';

/**
 * Creates the fleet's VMs that were not made before. Those that were stay as they are, wherever they have
 * moved to; one that was deleted stays deleted.
 */
export function addFleet(cloud: Cloud, fleet: Fleet): void {
  for (const vm of fleet.vms) {
    const id = computeId(vm.resourceGroup, 'virtualMachines', vm.name);
    if (cloud.store.get('fleetVms', keyOf(id))) continue;
    const isThere = cloud.store.get('vms', keyOf(id)) !== undefined;
    const made: Change<Tables> = { table: 'fleetVms', key: keyOf(id), value: { id } };
    cloud.store.commit(isThere ? [made] : [made, ...newVm(cloud, vm)]);
  }
}

function newVm(cloud: Cloud, fleetVm: FleetVm): Change<Tables>[] {
  const { name, resourceGroup, os, powerState, vmSize, zones, tags, guest, securityType } = fleetVm;
  const id = computeId(resourceGroup, 'virtualMachines', name);
  const disks = fleetVm.disks.map((disk) => newDisk(cloud, fleetVm, disk, id));
  const nic = newInterface(fleetVm, id);
  const vm: Vm = {
    id,
    name,
    resourceGroup,
    tags,
    vmId: randomUUID(),
    os,
    timeCreated: cloud.now().toISOString(),
    powerState,
    provisioningState: 'Succeeded',
    vmSize,
    ...(zones && { zones }),
    properties: {
      osProfile: { computerName: name, adminUsername: 'azureuser', allowExtensionOperations: true },
      ...(securityType !== 'Standard' && {
        securityProfile: { securityType, uefiSettings: { secureBootEnabled: true, vTpmEnabled: true } },
      }),
    },
    networkInterfaces: [{ id: nic.id, properties: { primary: true } }],
    disks: fleetVm.disks.map((disk) => attached(fleetVm, disk)),
    extensions: [],
    guest,
    facts: { ...factsOfNewGuest(os), ...guest.facts },
    fileConsistentPointsLeft: 0,
  };
  return [
    { table: 'vms', key: keyOf(id), value: vm },
    { table: 'networkInterfaces', key: keyOf(nic.id), value: nic },
    ...disks.map((value) => ({ table: 'disks', key: keyOf(value.id), value }) as const),
  ];
}

function attached(vm: FleetVm, disk: FleetDisk): AttachedDisk {
  return {
    lun: disk.lun,
    diskId: computeId(vm.resourceGroup, 'disks', disk.name),
    caching: disk.caching ?? (disk.lun === OS_LUN ? 'ReadWrite' : 'None'),
    writeAcceleratorEnabled: disk.writeAcceleratorEnabled,
    deleteOption: 'Detach',
    ephemeral: disk.ephemeral,
  };
}

function newDisk(cloud: Cloud, vm: FleetVm, disk: FleetDisk, vmId: string): Disk {
  const { name } = disk;
  return {
    id: computeId(vm.resourceGroup, 'disks', name),
    name,
    resourceGroup: vm.resourceGroup,
    tags: {},
    uniqueId: randomUUID(),
    familyId: randomUUID(),
    timeCreated: cloud.now().toISOString(),
    ...(vm.zones && { zones: vm.zones }),
    sku: disk.sku,
    managedBy: vmId,
    ownershipChangedAt: cloud.now().toISOString(),
    provisioningState: 'Succeeded',
    properties: {
      ...(disk.lun === OS_LUN && { osType: vm.os, hyperVGeneration: 'V2' }),
      creationData: {
        createOption: disk.lun === OS_LUN ? 'FromImage' : 'Empty',
        ...((disk.logicalSectorSize === 4096 || /^(UltraSSD|PremiumV2)_/.test(disk.sku)) && {
          logicalSectorSize: disk.logicalSectorSize,
        }),
      },
      networkAccessPolicy: disk.networkAccessPolicy,
      publicNetworkAccess: disk.publicNetworkAccess,
      dataAccessAuthMode: disk.dataAccessAuthMode,
      encryption: encryptionOf(disk),
      ...(disk.azureDiskEncryption && {
        encryptionSettingsCollection: { enabled: true, encryptionSettings: [] },
      }),
      ...(disk.maxShares > 1 && { maxShares: disk.maxShares }),
      ...(disk.lun === OS_LUN &&
        vm.securityType !== 'Standard' && { securityProfile: { securityType: vm.securityType } }),
    },
    stack: stackOf(cloud, disk),
  };
}

function encryptionOf({ diskEncryptionSet }: FleetDisk) {
  return diskEncryptionSet === undefined
    ? { type: 'EncryptionAtRestWithPlatformKey' }
    : { type: 'EncryptionAtRestWithCustomerKey', diskEncryptionSetId: diskEncryptionSet };
}

function stackOf(cloud: Cloud, { image, sizeBytes }: FleetDisk): Stack {
  if (image === undefined) return empty(cloud.layers, sizeBytes);
  return grown(cloud.layers, { sizeBytes, image: describeImage(image), layers: [] }, sizeBytes);
}

function newInterface({ name, resourceGroup, tags }: FleetVm, vmId: string): NetworkInterface {
  const id = networkId(resourceGroup, 'networkInterfaces', `${name}-nic`);
  const subnet = networkId(resourceGroup, 'virtualNetworks', 'fleet', 'subnets', 'default');
  return {
    id,
    name: `${name}-nic`,
    resourceGroup,
    tags,
    properties: {
      primary: true,
      virtualMachine: { id: vmId },
      ipConfigurations: [
        {
          name: 'primary',
          properties: { primary: true, privateIPAllocationMethod: 'Dynamic', subnet: { id: subnet } },
        },
      ],
    },
  };
}
