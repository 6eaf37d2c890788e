import { randomUUID } from 'node:crypto';
import type { Cloud } from '../../cloud/cloud';
import { keyOf, LOCATION, nameOf } from '../../cloud/ids';
import type { AttachedDisk, Disk, DiskRestorePoint, Json, Tables, Vm } from '../../cloud/model';
import { freeze } from '../../disks/volume';
import type { Change } from '../../store/document-store';
import { renderStorageProfile } from '../vms/render-vm';

/** What a restore point takes from its VM; nothing is stored until the changes are committed. */
export interface FrozenVm {
  disks: DiskRestorePoint[];
  sourceMetadata: Json;
  changes: Change<Tables>[];
}

/**
 * Freezes all disks of a VM (but the excluded ones) in one go of the event loop: no write can come in
 * between, so all disks show one instant.
 */
export function freezeVm(cloud: Cloud, vm: Vm, pointId: string, excluded: ReadonlySet<string>): FrozenVm {
  const attached = vm.disks.filter(({ diskId }) => !excluded.has(keyOf(diskId)));
  const frozen = attached.flatMap((each) => {
    const disk = cloud.store.get('disks', keyOf(each.diskId));
    return disk === undefined ? [] : [freezeDisk(cloud, disk, each, pointId)];
  });
  const disks = frozen.map(({ point }) => point);
  return {
    disks,
    sourceMetadata: renderSource(cloud, vm, disks),
    changes: frozen.map(({ change }) => change),
  };
}

function freezeDisk(
  cloud: Cloud,
  disk: Disk,
  { lun }: AttachedDisk,
  pointId: string,
): { point: DiskRestorePoint; change: Change<Tables> } {
  const { frozen, live } = freeze(cloud.layers, disk.stack);
  const name = `${disk.name}_${randomUUID()}`;
  const { osType, hyperVGeneration, encryption, networkAccessPolicy, ...rest } = disk.properties;
  return {
    change: { table: 'disks', key: keyOf(disk.id), value: { ...disk, stack: live } },
    point: {
      id: `${pointId}/diskRestorePoints/${name}`,
      name,
      diskId: disk.id,
      diskName: disk.name,
      sku: disk.sku,
      lun,
      uniqueId: disk.uniqueId,
      familyId: disk.familyId,
      properties: {
        osType,
        hyperVGeneration,
        encryption,
        networkAccessPolicy,
        publicNetworkAccess: rest.publicNetworkAccess,
        dataAccessAuthMode: rest.dataAccessAuthMode,
        diskAccessId: rest.diskAccessId,
        securityProfile: rest.securityProfile,
        purchasePlan: rest.purchasePlan,
        logicalSectorSize: (rest.creationData as Json | undefined)?.logicalSectorSize ?? 512,
      },
      stack: frozen,
    },
  };
}

/** The subset of the VM's model that a restore point keeps: no network, tags, zones or identity. */
function renderSource(cloud: Cloud, vm: Vm, disks: readonly DiskRestorePoint[]): Json {
  const profile = renderStorageProfile(cloud, vm) as {
    osDisk?: Json;
    dataDisks: Json[];
    diskControllerType: string;
  };
  const withPoint = (disk: Json): Json => {
    const point = disks.find(({ diskId }) => nameOf(diskId) === disk.name);
    return { ...disk, ...(point && { diskRestorePoint: { id: point.id } }) };
  };
  const { osProfile, securityProfile, licenseType, diagnosticsProfile, userData } = vm.properties;
  return {
    vmId: vm.vmId,
    location: LOCATION,
    hardwareProfile: { vmSize: vm.vmSize },
    hyperVGeneration: 'V2',
    osProfile,
    securityProfile,
    licenseType,
    diagnosticsProfile,
    userData,
    storageProfile: {
      ...profile,
      osDisk: profile.osDisk && withPoint(profile.osDisk),
      dataDisks: profile.dataDisks.map(withPoint),
    },
  };
}
