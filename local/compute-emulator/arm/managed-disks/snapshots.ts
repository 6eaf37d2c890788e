import { randomUUID } from 'node:crypto';
import { activeGrant } from '../../access/grants';
import type { Cloud } from '../../cloud/cloud';
import { computeId, keyOf, LOCATION } from '../../cloud/ids';
import type { Json, Snapshot, Tables } from '../../cloud/model';
import { freeze } from '../../disks/volume';
import type { Change } from '../../store/document-store';
import { ArmError, invalidParameter, resourceNotFound } from '../rest/arm-error';
import { accepted, type Completions, type Operations } from '../rest/operations';
import { type ArmRequest, groupRoute, type Route, subscriptionRoute } from '../rest/route';
import { beginGetAccess, dropFailedGrant, endGetAccess, revoke } from './access';
import { copiedPercent } from './background-copy';

const PATH = '/snapshots/:snapshot';
const GIB = 2 ** 30;
const MOST_PER_DISK = 500;
const MOST_PER_WINDOW = 7;
const WINDOW_MS = 5 * 60 * 1000;

function snapshotId({ names }: ArmRequest): string {
  return computeId(names.group ?? '', 'snapshots', names.snapshot ?? '');
}

function findSnapshot(cloud: Cloud, request: ArmRequest): Snapshot {
  const id = snapshotId(request);
  const snapshot = cloud.store.get('snapshots', keyOf(id));
  if (snapshot === undefined) throw resourceNotFound(id);
  return snapshot;
}

function render(cloud: Cloud, snapshot: Snapshot): Json {
  const { id, name, tags, sku, properties, stack } = snapshot;
  return {
    id,
    name,
    type: 'Microsoft.Compute/snapshots',
    location: LOCATION,
    tags,
    sku: { name: sku, tier: 'Standard' },
    properties: {
      ...properties,
      creationData: { ...(properties.creationData as Json), sourceUniqueId: snapshot.sourceUniqueId },
      incrementalSnapshotFamilyId: snapshot.familyId,
      diskSizeGB: Math.ceil(stack.sizeBytes / GIB),
      diskSizeBytes: stack.sizeBytes,
      uniqueId: snapshot.uniqueId,
      timeCreated: snapshot.timeCreated,
      provisioningState: snapshot.provisioningState,
      completionPercent: copiedPercent(cloud, snapshot.sourceSku, snapshot.timeCreated),
      diskState: activeGrant(cloud, id) === undefined ? 'Unattached' : 'ActiveSAS',
    },
  };
}

export const snapshotCompletions: Completions = {
  'snapshots.createOrUpdate': (cloud, { resourceId, error }) => {
    const snapshot = cloud.store.get('snapshots', keyOf(resourceId));
    if (snapshot === undefined) return [];
    const provisioningState = error === undefined ? 'Succeeded' : 'Failed';
    return [{ table: 'snapshots', key: keyOf(resourceId), value: { ...snapshot, provisioningState } }];
  },
  'snapshots.delete': (_cloud, { resourceId, error }) =>
    error === undefined ? [{ table: 'snapshots', key: keyOf(resourceId), value: null }] : [],
  'snapshots.grantAccess': dropFailedGrant,
  'snapshots.revokeAccess': revoke,
};

export function snapshotRoutes(operations: Operations): Route[] {
  return [
    subscriptionRoute('snapshots.list', 'GET', '/snapshots', (cloud) => ({
      status: 200,
      body: { value: cloud.store.list('snapshots').map((each) => render(cloud, each)) },
    })),
    groupRoute('snapshots.listByResourceGroup', 'GET', '/snapshots', (cloud, { names }) => ({
      status: 200,
      body: {
        value: cloud.store
          .list('snapshots')
          .filter((each) => each.resourceGroup.toLowerCase() === names.group?.toLowerCase())
          .map((each) => render(cloud, each)),
      },
    })),
    groupRoute('snapshots.get', 'GET', PATH, (cloud, request) => ({
      status: 200,
      body: render(cloud, findSnapshot(cloud, request)),
    })),
    groupRoute('snapshots.createOrUpdate', 'PUT', PATH, (cloud, request) => {
      const id = snapshotId(request);
      const existing = cloud.store.get('snapshots', keyOf(id));
      const { snapshot, changes } =
        existing === undefined ? newSnapshot(cloud, id, request) : retagged(existing, request);
      const operation = operations.start(cloud, { kind: 'snapshots.createOrUpdate', resourceId: id }, [
        ...changes,
        { table: 'snapshots', key: keyOf(id), value: snapshot },
      ]);
      return accepted(cloud, request, operation, 202, render(cloud, snapshot));
    }),
    groupRoute('snapshots.delete', 'DELETE', PATH, (cloud, request) => {
      const id = snapshotId(request);
      if (cloud.store.get('snapshots', keyOf(id)) === undefined) return { status: 204 };
      if (activeGrant(cloud, id) !== undefined) {
        throw new ArmError(
          409,
          'OperationNotAllowed',
          `Snapshot ${id} has an active shared access signature: revoke it first.`,
        );
      }
      return accepted(cloud, request, operations.start(cloud, { kind: 'snapshots.delete', resourceId: id }));
    }),
    groupRoute('snapshots.grantAccess', 'POST', `${PATH}/beginGetAccess`, (cloud, request) =>
      beginGetAccess(cloud, operations, request, targetOf(cloud, findSnapshot(cloud, request)), 'Read'),
    ),
    groupRoute('snapshots.revokeAccess', 'POST', `${PATH}/endGetAccess`, (cloud, request) =>
      endGetAccess(cloud, operations, request, targetOf(cloud, findSnapshot(cloud, request))),
    ),
  ];
}

function targetOf(cloud: Cloud, { id, familyId, properties, sourceSku, timeCreated }: Snapshot) {
  const isCopied = copiedPercent(cloud, sourceSku, timeCreated) === 100;
  const { networkAccessPolicy } = properties;
  return { group: 'snapshots', id, familyId, networkAccessPolicy, isCopied };
}

interface Taken {
  snapshot: Snapshot;
  changes: Change<Tables>[];
}

function retagged(snapshot: Snapshot, { body }: ArmRequest): Taken {
  return { snapshot: { ...snapshot, tags: (body.tags ?? {}) as Record<string, string> }, changes: [] };
}

function newSnapshot(cloud: Cloud, id: string, { names, body }: ArmRequest): Taken {
  const properties = (body.properties ?? {}) as Json;
  const creationData = (properties.creationData ?? {}) as Json;
  if (creationData.createOption !== 'Copy' || properties.incremental !== true) {
    throw invalidParameter('creationData.createOption', 'The emulator has incremental copies of disks only.');
  }
  const sourceId = String(creationData.sourceResourceId);
  const disk = cloud.store.get('disks', keyOf(sourceId));
  if (disk === undefined) throw resourceNotFound(sourceId);
  if (disk.upload !== undefined)
    throw new ArmError(409, 'OperationNotAllowed', `Disk ${disk.name} is being uploaded.`);
  assertWithinLimits(cloud, disk.uniqueId);
  const { frozen, live } = freeze(cloud.layers, disk.stack);
  const { osType, hyperVGeneration, encryption } = disk.properties;
  const snapshot: Snapshot = {
    id,
    name: names.snapshot ?? '',
    resourceGroup: names.group ?? '',
    tags: (body.tags ?? {}) as Record<string, string>,
    uniqueId: randomUUID(),
    sourceUniqueId: disk.uniqueId,
    familyId: disk.familyId,
    timeCreated: cloud.now().toISOString(),
    sku: 'Standard_LRS',
    sourceSku: disk.sku,
    provisioningState: 'Creating',
    properties: {
      osType,
      hyperVGeneration,
      encryption,
      networkAccessPolicy: 'AllowAll',
      publicNetworkAccess: 'Enabled',
      ...properties,
      creationData: { ...creationData, sourceResourceId: disk.id },
    },
    stack: frozen,
  };
  return { snapshot, changes: [{ table: 'disks', key: keyOf(disk.id), value: { ...disk, stack: live } }] };
}

/** 500 incremental snapshots a disk, and 7 of them in 5 minutes. */
function assertWithinLimits(cloud: Cloud, sourceUniqueId: string): void {
  const ours = cloud.store.list('snapshots').filter((each) => each.sourceUniqueId === sourceUniqueId);
  if (ours.length >= MOST_PER_DISK) {
    throw new ArmError(
      409,
      'OperationNotAllowed',
      `A disk can have at most ${MOST_PER_DISK} incremental snapshots.`,
    );
  }
  const since = cloud.now().getTime() - WINDOW_MS;
  const recent = ours
    .map((each) => Date.parse(each.timeCreated))
    .filter((time) => time > since)
    .sort((a, b) => a - b);
  const oldest = recent.at(-MOST_PER_WINDOW);
  if (!cloud.settings.restorePointRateLimit || oldest === undefined) return;
  const retryAfter = String(Math.ceil((oldest - since) / 1000));
  throw new ArmError(
    429,
    'TooManyRequests',
    `At most ${MOST_PER_WINDOW} incremental snapshots of a disk can be created in five minutes.`,
    { 'Retry-After': retryAfter },
  );
}
