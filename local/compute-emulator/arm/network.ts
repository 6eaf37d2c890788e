import type { Cloud } from '../cloud/cloud';
import { keyOf, LOCATION, networkId } from '../cloud/ids';
import { list, object } from '../cloud/json';
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

/**
 * An address belongs to one interface at a time.
 * @throws ArmError
 */
function refuseTaken(cloud: Cloud, id: string, properties: Json): void {
  const others = cloud.store.list('networkInterfaces').filter((each) => keyOf(each.id) !== keyOf(id));
  const taken = new Set(others.flatMap((each) => addressesOf(each.properties)));
  const address = addressesOf(properties).find((each) => taken.has(each));
  if (address === undefined) return;
  const isPublic = address.startsWith('/');
  throw new ArmError(
    400,
    isPublic ? 'PublicIPAddressInUse' : 'PrivateIPAddressInUse',
    `The address ${address.split(' ')[0]} is in use by another network interface.`,
  );
}

/** Static addresses with their subnets, and ids of public addresses. */
function addressesOf({ ipConfigurations }: Json): string[] {
  return list(ipConfigurations).flatMap((each) => {
    const { privateIPAllocationMethod, privateIPAddress, publicIPAddress, subnet } = object(each.properties);
    const fixed = privateIPAllocationMethod === 'Static' ? [`${privateIPAddress} ${object(subnet).id}`] : [];
    const open = object(publicIPAddress).id;
    return typeof open === 'string' ? [...fixed, keyOf(open)] : fixed;
  });
}

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
      refuseTaken(cloud, id, object(request.body.properties));
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
