import type { Cloud } from '../../cloud/cloud';
import type { DiskRestorePoint, Json, RestorePoint } from '../../cloud/model';
import { copiedPercent } from '../managed-disks/background-copy';

export function renderRestorePoint(point: RestorePoint, expand?: string): Json {
  const isCreated = point.provisioningState === 'Succeeded';
  return {
    id: point.id,
    name: point.name,
    type: 'Microsoft.Compute/restorePointCollections/restorePoints',
    properties: {
      ...(point.excludeDisks.length > 0 && { excludeDisks: point.excludeDisks }),
      sourceMetadata: point.sourceMetadata,
      provisioningState: point.provisioningState,
      ...(isCreated && { consistencyMode: point.consistencyMode, timeCreated: point.timeCreated }),
      ...(expand?.toLowerCase() === 'instanceview' && { instanceView: renderView(point) }),
    },
  };
}

function renderView(point: RestorePoint): Json {
  return {
    diskRestorePoints: point.disks.map((disk) => ({
      id: disk.id,
      snapshotAccessState: 'Available',
      replicationStatus: {
        status: { code: 'ReplicationState/succeeded', level: 'Info', displayStatus: 'Succeeded' },
        completionPercent: 100,
      },
    })),
    statuses: [
      {
        code: `ProvisioningState/${point.provisioningState.toLowerCase()}`,
        level: 'Info',
        displayStatus: `Provisioning ${point.provisioningState.toLowerCase()}`,
        time: point.timeCreated,
      },
    ],
  };
}

/** Carries no size: Azure has no such field here. */
export function renderDiskRestorePoint(cloud: Cloud, point: RestorePoint, disk: DiskRestorePoint): Json {
  return {
    id: disk.id,
    name: disk.name,
    type: 'Microsoft.Compute/restorePointCollections/restorePoints/diskRestorePoints',
    properties: {
      ...disk.properties,
      timeCreated: point.timeCreated,
      sourceResourceId: disk.diskId,
      sourceUniqueId: disk.uniqueId,
      familyId: disk.familyId,
      completionPercent: copiedPercent(cloud, disk.sku, point.timeCreated),
      replicationState: 'Succeeded',
      snapshotAccessState: 'Available',
    },
  };
}
