import { activeGrant } from '../../access/grants';
import type { Cloud } from '../../cloud/cloud';
import { keyOf, LOCATION } from '../../cloud/ids';
import type { Disk, Json } from '../../cloud/model';

const GIB = 2 ** 30;

/** The state machine of a managed disk, read off what is attached, granted and uploaded. */
export function diskState(cloud: Cloud, disk: Disk): string {
  const grant = activeGrant(cloud, disk.id);
  if (disk.upload !== undefined)
    return grant === undefined && !disk.upload.started ? 'ReadyToUpload' : 'ActiveUpload';
  if (grant !== undefined) return 'ActiveSAS';
  if (disk.managedBy === undefined) return 'Unattached';
  const vm = cloud.store.get('vms', keyOf(disk.managedBy));
  return vm?.powerState === 'deallocated' ? 'Reserved' : 'Attached';
}

export function renderDisk(cloud: Cloud, disk: Disk): Json {
  const { id, name, tags, zones, extendedLocation, managedBy, sku, properties } = disk;
  return {
    id,
    name,
    type: 'Microsoft.Compute/disks',
    location: LOCATION,
    tags,
    ...(zones && { zones }),
    ...(extendedLocation && { extendedLocation }),
    ...(managedBy && { managedBy }),
    sku: { name: sku, tier: sku.split('_')[0] },
    properties: {
      ...properties,
      diskSizeGB: Math.ceil(disk.stack.sizeBytes / GIB),
      diskSizeBytes: disk.stack.sizeBytes,
      uniqueId: disk.uniqueId,
      timeCreated: disk.timeCreated,
      provisioningState: disk.provisioningState,
      diskState: diskState(cloud, disk),
      ...(disk.ownershipChangedAt && { LastOwnershipUpdateTime: disk.ownershipChangedAt }),
    },
  };
}
