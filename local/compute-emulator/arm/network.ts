import type { Cloud } from '../cloud/cloud';
import { keyOf, LOCATION, networkId } from '../cloud/ids';
import type { Json, NetworkInterface } from '../cloud/model';
import { ArmError, resourceNotFound } from './rest/arm-error';
import { accepted, type Completions, type Operations } from './rest/operations';
import { type ArmRequest, type Route, route } from './rest/route';

const NETWORK =
  '/subscriptions/:subscription/resourceGroups/:group/providers/Microsoft.Network/networkInterfaces';
const PATH = `${NETWORK}/:interface`;
const OF_SUBSCRIPTION = '/subscriptions/:subscription/providers/Microsoft.Network/networkInterfaces';

function idOf({ names }: ArmRequest): string {
  return networkId(names.group ?? '', 'networkInterfaces', names.interface ?? '');
}

function findInterface(cloud: Cloud, request: ArmRequest): NetworkInterface {
  const id = idOf(request);
  const found = cloud.store.get('networkInterfaces', keyOf(id));
  if (found === undefined) throw resourceNotFound(id);
  return found;
}

function render({ id, name, tags, properties }: NetworkInterface): Json {
  return {
    id,
    name,
    type: 'Microsoft.Network/networkInterfaces',
    location: LOCATION,
    tags,
    properties: { provisioningState: 'Succeeded', ...properties },
  };
}

export const networkCompletions: Completions = {
  'networkInterfaces.createOrUpdate': (cloud, { resourceId, error }) => {
    const made = cloud.store.get('networkInterfaces', keyOf(resourceId));
    if (made === undefined) return [];
    const provisioningState = error === undefined ? 'Succeeded' : 'Failed';
    const properties = { ...made.properties, provisioningState };
    return [{ table: 'networkInterfaces', key: keyOf(resourceId), value: { ...made, properties } }];
  },
  'networkInterfaces.delete': (_cloud, { resourceId, error }) =>
    error === undefined ? [{ table: 'networkInterfaces', key: keyOf(resourceId), value: null }] : [],
};

/** Network interfaces, as far as the restore of a VM needs them; the network behind them is not looked at. */
export function networkRoutes(operations: Operations): Route[] {
  return [
    route('networkInterfaces.list', 'GET', NETWORK, (cloud, { names }) => ({
      status: 200,
      body: {
        value: cloud.store
          .list('networkInterfaces')
          .filter((each) => each.resourceGroup.toLowerCase() === names.group?.toLowerCase())
          .map(render),
      },
    })),
    route('networkInterfaces.listAll', 'GET', OF_SUBSCRIPTION, (cloud) => ({
      status: 200,
      body: { value: cloud.store.list('networkInterfaces').map(render) },
    })),
    route('networkInterfaces.updateTags', 'PATCH', PATH, (cloud, request) => {
      const tags = (request.body.tags ?? {}) as Record<string, string>;
      const value: NetworkInterface = { ...findInterface(cloud, request), tags };
      cloud.store.commit([{ table: 'networkInterfaces', key: keyOf(value.id), value }]);
      return { status: 200, body: render(value) };
    }),
    route('networkInterfaces.get', 'GET', PATH, (cloud, request) => ({
      status: 200,
      body: render(findInterface(cloud, request)),
    })),
    route('networkInterfaces.createOrUpdate', 'PUT', PATH, (cloud, request) => {
      const id = idOf(request);
      const existing = cloud.store.get('networkInterfaces', keyOf(id));
      const value: NetworkInterface = {
        id,
        name: request.names.interface ?? '',
        resourceGroup: request.names.group ?? '',
        tags: (request.body.tags ?? {}) as Record<string, string>,
        properties: {
          ...(request.body.properties as Json | undefined),
          provisioningState: 'Updating',
          virtualMachine: existing?.properties.virtualMachine,
        },
      };
      const kind = 'networkInterfaces.createOrUpdate';
      const operation = operations.start(cloud, { kind, resourceId: id }, [
        { table: 'networkInterfaces', key: keyOf(id), value },
      ]);
      return accepted(cloud, request, operation, existing === undefined ? 201 : 200, render(value));
    }),
    route('networkInterfaces.delete', 'DELETE', PATH, (cloud, request) => {
      const id = idOf(request);
      const existing = cloud.store.get('networkInterfaces', keyOf(id));
      if (existing === undefined) return { status: 204 };
      if (existing.properties.virtualMachine !== undefined) {
        throw new ArmError(
          400,
          'NicInUse',
          `Network interface ${existing.name} is used by a virtual machine.`,
        );
      }
      const kind = 'networkInterfaces.delete';
      return accepted(cloud, request, operations.start(cloud, { kind, resourceId: id }));
    }),
  ];
}
