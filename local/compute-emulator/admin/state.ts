import { activeGrant } from '../access/grants';
import { diskState } from '../arm/managed-disks/render-disk';
import type { Cloud } from '../cloud/cloud';
import { keyOf, nameOf } from '../cloud/ids';
import type { Json } from '../cloud/model';

/** All that exists, in short: what a test asks for to see that nothing was left behind. */
export function renderState(cloud: Cloud): Json {
  const { store } = cloud;
  const sizeOf = (diskId: string): number | undefined => store.get('disks', keyOf(diskId))?.stack.sizeBytes;
  return {
    vms: store.list('vms').map((vm) => ({
      id: vm.id,
      name: vm.name,
      resourceGroup: vm.resourceGroup,
      os: vm.os,
      powerState: vm.powerState,
      tags: vm.tags,
      guest: vm.guest,
      facts: vm.facts,
      extensions: vm.extensions.map(({ name, type, provisioningState }) => ({
        name,
        type,
        provisioningState,
      })),
      disks: vm.disks.map(({ lun, diskId }) => ({
        lun,
        id: diskId,
        name: nameOf(diskId),
        sizeBytes: sizeOf(diskId),
      })),
    })),
    disks: store.list('disks').map((disk) => ({
      id: disk.id,
      name: disk.name,
      resourceGroup: disk.resourceGroup,
      sizeBytes: disk.stack.sizeBytes,
      diskState: diskState(cloud, disk),
      managedBy: disk.managedBy ?? null,
      uniqueId: disk.uniqueId,
    })),
    restorePoints: store.list('restorePoints').map((point) => ({
      id: point.id,
      vm: nameOf(point.vmId),
      collection: nameOf(point.collectionId),
      name: point.name,
      timeCreated: point.timeCreated,
      consistencyMode: point.consistencyMode,
      provisioningState: point.provisioningState,
    })),
    collections: store.list('collections').map(({ id, name, resourceGroup, sourceVmId }) => ({
      id,
      name,
      resourceGroup,
      vm: nameOf(sourceVmId),
    })),
    snapshots: store
      .list('snapshots')
      .map(({ id, name, resourceGroup, timeCreated }) => ({ id, name, resourceGroup, timeCreated })),
    operations: store.list('operations').map(({ kind, resourceId }) => ({ kind, resourceId })),
    grants: store
      .list('grants')
      .filter((grant) => activeGrant(cloud, grant.resourceId) === grant)
      .map(({ resourceId, access, expiresAt }) => ({ resourceId, access, expiresAt })),
  };
}
