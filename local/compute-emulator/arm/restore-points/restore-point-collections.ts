import { randomUUID } from 'node:crypto';
import { activeGrant } from '../../access/grants';
import type { Cloud } from '../../cloud/cloud';
import { computeId, keyOf, LOCATION } from '../../cloud/ids';
import type { Json, RestorePointCollection } from '../../cloud/model';
import { ArmError, invalidParameter, resourceNotFound } from '../rest/arm-error';
import { accepted, type Completions, type Operations } from '../rest/operations';
import { groupRoute, type Route, subscriptionRoute } from '../rest/route';
import { renderRestorePoint } from './render-restore-point';

const PATH = '/restorePointCollections/:collection';

export function findCollection(cloud: Cloud, group = '', name = ''): RestorePointCollection {
  const id = computeId(group, 'restorePointCollections', name);
  const collection = cloud.store.get('collections', keyOf(id));
  if (collection === undefined) throw resourceNotFound(id);
  return collection;
}

function pointsOf(cloud: Cloud, collectionId: string) {
  return cloud.store
    .list('restorePoints')
    .filter((point) => keyOf(point.collectionId) === keyOf(collectionId));
}

function render(cloud: Cloud, collection: RestorePointCollection, expand?: string): Json {
  const points = pointsOf(cloud, collection.id).map((point) => renderRestorePoint(point));
  return {
    id: collection.id,
    name: collection.name,
    type: 'Microsoft.Compute/restorePointCollections',
    location: LOCATION,
    tags: collection.tags,
    properties: {
      ...collection.properties,
      source: { id: collection.sourceVmId, location: LOCATION },
      restorePointCollectionId: collection.restorePointCollectionId,
      provisioningState: 'Succeeded',
      ...(expand?.toLowerCase() === 'restorepoints' && { restorePoints: points }),
    },
  };
}

/** A restore point with open access cannot go. */
export function assertNoAccess(cloud: Cloud, disks: readonly { id: string }[]): void {
  const open = disks.find((disk) => activeGrant(cloud, disk.id) !== undefined);
  if (open === undefined) return;
  throw new ArmError(
    409,
    'DiskRestorePointUsedByCustomer',
    `The disk restore point ${open.id} is being used: revoke its shared access signature and try again.`,
  );
}

export const collectionCompletions: Completions = {
  'restorePointCollections.delete': (cloud, { resourceId, error }) => {
    if (error !== undefined) return [];
    return [
      { table: 'collections', key: keyOf(resourceId), value: null },
      ...pointsOf(cloud, resourceId).map(
        (point) => ({ table: 'restorePoints', key: keyOf(point.id), value: null }) as const,
      ),
    ];
  },
};

export function collectionRoutes(operations: Operations): Route[] {
  return [
    subscriptionRoute('restorePointCollections.listAll', 'GET', '/restorePointCollections', (cloud) => ({
      status: 200,
      body: { value: cloud.store.list('collections').map((each) => render(cloud, each)) },
    })),
    groupRoute('restorePointCollections.list', 'GET', '/restorePointCollections', (cloud, { names }) => ({
      status: 200,
      body: {
        value: cloud.store
          .list('collections')
          .filter((each) => each.resourceGroup.toLowerCase() === names.group?.toLowerCase())
          .map((each) => render(cloud, each)),
      },
    })),
    groupRoute('restorePointCollections.get', 'GET', PATH, (cloud, { names, query }) => ({
      status: 200,
      body: render(cloud, findCollection(cloud, names.group, names.collection), query.get('$expand')),
    })),
    groupRoute('restorePointCollections.createOrUpdate', 'PUT', PATH, (cloud, { names, body }) => {
      const id = computeId(names.group ?? '', 'restorePointCollections', names.collection ?? '');
      const existing = cloud.store.get('collections', keyOf(id));
      const properties = (body.properties ?? {}) as Json;
      const sourceVmId = String((properties.source as Json | undefined)?.id ?? existing?.sourceVmId ?? '');
      if (existing !== undefined && keyOf(existing.sourceVmId) !== keyOf(sourceVmId)) {
        throw new ArmError(
          409,
          'OperationNotAllowed',
          'The source of a restore point collection cannot be changed.',
        );
      }
      const vm = cloud.store.get('vms', keyOf(sourceVmId));
      if (existing === undefined && vm === undefined) {
        throw invalidParameter('source.id', `There is no virtual machine ${sourceVmId}.`);
      }
      const value: RestorePointCollection = {
        id: existing?.id ?? id,
        name: existing?.name ?? names.collection ?? '',
        resourceGroup: existing?.resourceGroup ?? names.group ?? '',
        tags: (body.tags ?? {}) as Record<string, string>,
        restorePointCollectionId: existing?.restorePointCollectionId ?? randomUUID(),
        sourceVmId: existing?.sourceVmId ?? vm?.id ?? sourceVmId,
        timeCreated: existing?.timeCreated ?? cloud.now().toISOString(),
        properties: {},
      };
      cloud.store.commit([{ table: 'collections', key: keyOf(id), value }]);
      return { status: existing === undefined ? 201 : 200, body: render(cloud, value) };
    }),
    groupRoute('restorePointCollections.update', 'PATCH', PATH, (cloud, { names, body }) => {
      const collection = findCollection(cloud, names.group, names.collection);
      const value = { ...collection, tags: (body.tags ?? collection.tags) as Record<string, string> };
      cloud.store.commit([{ table: 'collections', key: keyOf(collection.id), value }]);
      return { status: 200, body: render(cloud, value) };
    }),
    groupRoute('restorePointCollections.delete', 'DELETE', PATH, (cloud, request) => {
      const id = computeId(
        request.names.group ?? '',
        'restorePointCollections',
        request.names.collection ?? '',
      );
      const collection = cloud.store.get('collections', keyOf(id));
      if (collection === undefined) return { status: 204 };
      assertNoAccess(
        cloud,
        pointsOf(cloud, id).flatMap((point) => point.disks),
      );
      const kind = 'restorePointCollections.delete';
      return accepted(cloud, request, operations.start(cloud, { kind, resourceId: collection.id }));
    }),
  ];
}
