// Restore points: all disks of a VM at one instant, as consistent as its guest allows.

import type { Cloud } from '../../cloud/cloud';
import { keyOf } from '../../cloud/ids';
import type { Json, RestorePoint, Vm } from '../../cloud/model';
import { takeSnapshot } from '../../guests/consistency';
import { beginGetAccess, dropFailedGrant, endGetAccess, revoke } from '../managed-disks/access';
import { copiedPercent } from '../managed-disks/background-copy';
import { ArmError, invalidParameter, resourceNotFound } from '../rest/arm-error';
import { accepted, type Completions, type Operations } from '../rest/operations';
import { type ArmRequest, groupRoute, type Route } from '../rest/route';
import { backupExtension, withExtension } from '../vms/extensions';
import { freezeVm } from './freeze-vm';
import { renderDiskRestorePoint, renderRestorePoint } from './render-restore-point';
import { assertNoAccess, findCollection } from './restore-point-collections';
import { assertMayCreate, creationOf } from './restore-point-rules';

const PATH = '/restorePointCollections/:collection/restorePoints/:point';
const DISK_PATH = `${PATH}/diskRestorePoints/:disk`;

function pointId(cloud: Cloud, { names }: ArmRequest): string {
  return `${findCollection(cloud, names.group, names.collection).id}/restorePoints/${names.point}`;
}

function findPoint(cloud: Cloud, request: ArmRequest): RestorePoint {
  const id = pointId(cloud, request);
  const point = cloud.store.get('restorePoints', keyOf(id));
  if (point === undefined) throw resourceNotFound(id);
  return point;
}

function findDiskPoint(
  cloud: Cloud,
  request: ArmRequest,
): { point: RestorePoint; disk: RestorePoint['disks'][number] } {
  const point = findPoint(cloud, request);
  const disk = point.disks.find((each) => each.name.toLowerCase() === request.names.disk?.toLowerCase());
  if (disk === undefined) throw resourceNotFound(`${point.id}/diskRestorePoints/${request.names.disk}`);
  return { point, disk };
}

export const restorePointCompletions: Completions = {
  'restorePoints.create': (cloud, { resourceId, error }) => {
    const point = cloud.store.get('restorePoints', keyOf(resourceId));
    if (point === undefined) return [];
    const value: RestorePoint =
      error === undefined
        ? { ...point, provisioningState: 'Succeeded' }
        : { ...point, provisioningState: 'Failed', disks: [] };
    return [{ table: 'restorePoints', key: keyOf(point.id), value }];
  },
  'restorePoints.delete': (cloud, { resourceId, error }) => {
    const point = cloud.store.get('restorePoints', keyOf(resourceId));
    if (point === undefined) return [];
    const value: RestorePoint | null =
      error === undefined ? null : { ...point, provisioningState: 'Succeeded' };
    return [{ table: 'restorePoints', key: keyOf(resourceId), value }];
  },
  'diskRestorePoint.grantAccess': dropFailedGrant,
  'diskRestorePoint.revokeAccess': revoke,
};

export function restorePointRoutes(operations: Operations): Route[] {
  return [
    groupRoute('restorePoints.create', 'PUT', PATH, (cloud, request) =>
      createPoint(cloud, operations, request),
    ),
    groupRoute('restorePoints.get', 'GET', PATH, (cloud, request) => ({
      status: 200,
      body: renderRestorePoint(findPoint(cloud, request), request.query.get('$expand')),
    })),
    groupRoute('restorePoints.delete', 'DELETE', PATH, (cloud, request) => {
      const id = pointId(cloud, request);
      const point = cloud.store.get('restorePoints', keyOf(id));
      if (point === undefined) return { status: 204 };
      assertNoAccess(cloud, point.disks);
      const operation = operations.start(cloud, { kind: 'restorePoints.delete', resourceId: id }, [
        { table: 'restorePoints', key: keyOf(id), value: { ...point, provisioningState: 'Deleting' } },
      ]);
      return accepted(cloud, request, operation);
    }),
    groupRoute(
      'diskRestorePoint.listByRestorePoint',
      'GET',
      `${PATH}/diskRestorePoints`,
      (cloud, request) => {
        const point = findPoint(cloud, request);
        return {
          status: 200,
          body: { value: point.disks.map((disk) => renderDiskRestorePoint(cloud, point, disk)) },
        };
      },
    ),
    groupRoute('diskRestorePoint.get', 'GET', DISK_PATH, (cloud, request) => {
      const { point, disk } = findDiskPoint(cloud, request);
      return { status: 200, body: renderDiskRestorePoint(cloud, point, disk) };
    }),
    groupRoute('diskRestorePoint.grantAccess', 'POST', `${DISK_PATH}/beginGetAccess`, (cloud, request) =>
      beginGetAccess(cloud, operations, request, targetOf(cloud, findDiskPoint(cloud, request)), 'Read'),
    ),
    groupRoute('diskRestorePoint.revokeAccess', 'POST', `${DISK_PATH}/endGetAccess`, (cloud, request) =>
      endGetAccess(cloud, operations, request, targetOf(cloud, findDiskPoint(cloud, request))),
    ),
  ];
}

function targetOf(cloud: Cloud, { point, disk }: ReturnType<typeof findDiskPoint>) {
  const { id, familyId, properties, sku } = disk;
  const isCopied = copiedPercent(cloud, sku, point.timeCreated) === 100;
  const { networkAccessPolicy } = properties;
  return { group: 'diskRestorePoint', id, familyId, networkAccessPolicy, isCopied };
}

function createPoint(cloud: Cloud, operations: Operations, request: ArmRequest) {
  const collection = findCollection(cloud, request.names.group, request.names.collection);
  const id = pointId(cloud, request);
  const asked = readRequest(request.body);
  const existing = cloud.store.get('restorePoints', keyOf(id));
  if (existing !== undefined && existing.provisioningState !== 'Failed') return sameAgain(existing, asked);
  const vm = cloud.store.get('vms', keyOf(collection.sourceVmId));
  if (vm === undefined) throw resourceNotFound(collection.sourceVmId);
  const excluded = new Set(asked.excludeDisks.map((disk) => keyOf(String(disk.id))));
  assertMayCreate(cloud, vm, excluded, asked.crashConsistent);

  const outcome = takeSnapshot(vm, asked.crashConsistent);
  const frozen = freezeVm(cloud, vm, id, excluded);
  const point: RestorePoint = {
    id,
    name: request.names.point ?? '',
    collectionId: collection.id,
    vmId: vm.id,
    provisioningState: 'Creating',
    consistencyMode: outcome.ok ? outcome.consistencyMode : 'CrashConsistent',
    askedCrashConsistent: asked.crashConsistent,
    excludeDisks: asked.excludeDisks,
    timeCreated: cloud.now().toISOString(),
    sourceMetadata: frozen.sourceMetadata,
    disks: frozen.disks,
  };
  const changed = outcome.installsExtension ? withExtension(vm, backupExtension(cloud, vm)) : vm;
  const operation = operations.start(
    cloud,
    {
      kind: 'restorePoints.create',
      resourceId: id,
      args: creationOf(vm, asked.crashConsistent),
      error: outcome.ok ? undefined : { code: outcome.code, message: outcome.message },
    },
    [
      ...frozen.changes,
      {
        table: 'vms',
        key: keyOf(vm.id),
        value: { ...changed, facts: outcome.facts, ...vssMemory(vm, outcome) },
      },
      { table: 'restorePoints', key: keyOf(id), value: point },
    ],
  );
  return accepted(cloud, request, operation, 201, renderRestorePoint(point));
}

/**
 * After VSS writers failed, the platform makes three more file-system-consistent
 * points before it tries VSS again.
 */
function vssMemory(vm: Vm, outcome: ReturnType<typeof takeSnapshot>): Pick<Vm, 'fileConsistentPointsLeft'> {
  const isFileConsistent =
    vm.os === 'Windows' && outcome.ok && outcome.consistencyMode === 'FileSystemConsistent';
  if (!isFileConsistent) return { fileConsistentPointsLeft: vm.fileConsistentPointsLeft };
  return {
    fileConsistentPointsLeft: vm.fileConsistentPointsLeft === 0 ? 3 : vm.fileConsistentPointsLeft - 1,
  };
}

interface AskedPoint {
  crashConsistent: boolean;
  excludeDisks: Json[];
}

function readRequest(body: Json): AskedPoint {
  const { consistencyMode, excludeDisks } = (body.properties ?? {}) as Json;
  if (consistencyMode !== undefined && consistencyMode !== 'CrashConsistent') {
    throw invalidParameter(
      'consistencyMode',
      'It must be CrashConsistent, or left out for an application-consistent restore point.',
    );
  }
  return { crashConsistent: consistencyMode !== undefined, excludeDisks: (excludeDisks ?? []) as Json[] };
}

/** Asking again for the same point is answered with the point. */
function sameAgain(point: RestorePoint, asked: AskedPoint) {
  const ids = (disks: Json[]): string =>
    disks
      .map((disk) => keyOf(String(disk.id)))
      .sort()
      .join();
  const isSame =
    point.askedCrashConsistent === asked.crashConsistent &&
    ids(point.excludeDisks) === ids(asked.excludeDisks);
  if (isSame) return { status: 200, body: renderRestorePoint(point) };
  throw new ArmError(
    409,
    'OperationNotAllowed',
    `The restore point ${point.name} exists and cannot be changed.`,
  );
}
