// Managed disks and their incremental snapshots: making, changing, and giving access to them.

import { activeGrant } from '../../access/grants';
import type { Cloud } from '../../cloud/cloud';
import { computeId, keyOf } from '../../cloud/ids';
import type { Disk } from '../../cloud/model';
import { ArmError, resourceNotFound } from '../rest/arm-error';
import { accepted, type Completions, type Operations, type Results } from '../rest/operations';
import { groupRoute, type Route, subscriptionRoute } from '../rest/route';
import { beginGetAccess, dropFailedGrant, endGetAccess, revoke } from './access';
import { newDisk, updatedDisk } from './disk-model';
import { diskState, renderDisk } from './render-disk';

const PATH = '/disks/:disk';

export function findDisk(cloud: Cloud, group = '', name = ''): Disk {
  const id = computeId(group, 'disks', name);
  const disk = cloud.store.get('disks', keyOf(id));
  if (disk === undefined) throw resourceNotFound(id);
  return disk;
}

export const diskCompletions: Completions = {
  'disks.createOrUpdate': (cloud, { resourceId, error }) => {
    const disk = cloud.store.get('disks', keyOf(resourceId));
    if (disk === undefined) return [];
    const provisioningState = error === undefined ? 'Succeeded' : 'Failed';
    return [{ table: 'disks', key: keyOf(disk.id), value: { ...disk, provisioningState } }];
  },
  'disks.delete': (_cloud, { resourceId, error }) => {
    if (error !== undefined) return [];
    return [{ table: 'disks', key: keyOf(resourceId), value: null }];
  },
  'disks.grantAccess': dropFailedGrant,
  'disks.revokeAccess': (cloud, operation) => {
    const disk = cloud.store.get('disks', keyOf(operation.resourceId));
    const changes = revoke(cloud, operation);
    if (disk?.upload === undefined || operation.error !== undefined) return changes;
    return [...changes, { table: 'disks', key: keyOf(disk.id), value: { ...disk, upload: undefined } }];
  },
};

export const diskResults: Results = {
  'disks.createOrUpdate': (cloud, key) => {
    const disk = cloud.store.get('disks', key);
    return disk && renderDisk(cloud, disk);
  },
};

export function diskRoutes(operations: Operations): Route[] {
  return [
    subscriptionRoute('disks.list', 'GET', '/disks', (cloud) => ({
      status: 200,
      body: { value: cloud.store.list('disks').map((disk) => renderDisk(cloud, disk)) },
    })),
    groupRoute('disks.listByResourceGroup', 'GET', '/disks', (cloud, { names }) => ({
      status: 200,
      body: {
        value: cloud.store
          .list('disks')
          .filter((disk) => disk.resourceGroup.toLowerCase() === names.group?.toLowerCase())
          .map((disk) => renderDisk(cloud, disk)),
      },
    })),
    groupRoute('disks.get', 'GET', PATH, (cloud, { names }) => ({
      status: 200,
      body: renderDisk(cloud, findDisk(cloud, names.group, names.disk)),
    })),
    groupRoute('disks.createOrUpdate', 'PUT', PATH, (cloud, request) => {
      const id = computeId(request.names.group ?? '', 'disks', request.names.disk ?? '');
      const existing = cloud.store.get('disks', keyOf(id));
      const disk =
        existing === undefined ? newDisk(cloud, id, request) : updatedDisk(cloud, existing, request.body);
      const operation = operations.start(cloud, { kind: 'disks.createOrUpdate', resourceId: id }, [
        { table: 'disks', key: keyOf(id), value: disk },
      ]);
      return accepted(cloud, request, operation, 202, renderDisk(cloud, disk));
    }),
    groupRoute('disks.update', 'PATCH', PATH, (cloud, request) => {
      const disk = updatedDisk(cloud, findDisk(cloud, request.names.group, request.names.disk), request.body);
      const operation = operations.start(cloud, { kind: 'disks.createOrUpdate', resourceId: disk.id }, [
        { table: 'disks', key: keyOf(disk.id), value: disk },
      ]);
      return accepted(cloud, request, operation, 202, renderDisk(cloud, disk));
    }),
    groupRoute('disks.delete', 'DELETE', PATH, (cloud, request) => {
      const id = computeId(request.names.group ?? '', 'disks', request.names.disk ?? '');
      const disk = cloud.store.get('disks', keyOf(id));
      if (disk === undefined) return { status: 204 };
      assertDeletable(cloud, disk);
      return accepted(cloud, request, operations.start(cloud, { kind: 'disks.delete', resourceId: id }));
    }),
    groupRoute('disks.grantAccess', 'POST', `${PATH}/beginGetAccess`, (cloud, request) => {
      const disk = findDisk(cloud, request.names.group, request.names.disk);
      const vm = disk.managedBy === undefined ? undefined : cloud.store.get('vms', keyOf(disk.managedBy));
      if (vm !== undefined && vm.powerState !== 'deallocated') {
        throw new ArmError(
          409,
          'OperationNotAllowed',
          `Cannot grant access to disk ${disk.name} because it is attached to the running VM ${vm.name}.`,
        );
      }
      const allowed = disk.upload === undefined ? 'Read' : 'Write';
      const answer = beginGetAccess(cloud, operations, request, targetOf(disk), allowed);
      if (disk.upload !== undefined) {
        const value = { ...disk, upload: { ...disk.upload, started: true } };
        cloud.store.commit([{ table: 'disks', key: keyOf(disk.id), value }]);
      }
      return answer;
    }),
    groupRoute('disks.revokeAccess', 'POST', `${PATH}/endGetAccess`, (cloud, request) => {
      const disk = findDisk(cloud, request.names.group, request.names.disk);
      return endGetAccess(cloud, operations, request, targetOf(disk), uploadError(disk));
    }),
  ];
}

function targetOf(disk: Disk): { group: string; id: string; networkAccessPolicy: unknown } {
  return { group: 'disks', id: disk.id, networkAccessPolicy: disk.properties.networkAccessPolicy };
}

/** An upload must end with the footer of a fixed VHD. */
function uploadError(disk: Disk): { code: string; message: string } | undefined {
  if (disk.upload === undefined || !disk.upload.started || disk.upload.hasFooter) return undefined;
  const message =
    `The specified cookie value in VHD footer indicates that disk '${disk.name}' is not a supported VHD. ` +
    "Expected cookie value 'conectix'.";
  return { code: 'BadRequest', message };
}

function assertDeletable(cloud: Cloud, disk: Disk): void {
  const state = diskState(cloud, disk);
  if (disk.managedBy !== undefined) {
    const message = `Disk ${disk.name} is attached to VM ${disk.managedBy}.`;
    throw new ArmError(409, 'OperationNotAllowed', message);
  }
  if (activeGrant(cloud, disk.id) === undefined) return;
  const message = `Disk ${disk.name} is in state ${state}: revoke its access before deleting it.`;
  throw new ArmError(409, 'OperationNotAllowed', message);
}
