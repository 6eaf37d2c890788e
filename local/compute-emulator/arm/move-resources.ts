// Resources that move to another resource group, of their subscription or the other one: their ids change,
// they themselves do not.

import { activeGrant } from '../access/grants';
import type { Cloud } from '../cloud/cloud';
import { groupId, keyOf, subscriptionOf } from '../cloud/ids';
import { object } from '../cloud/json';
import type { Resource, Tables } from '../cloud/model';
import type { Change } from '../store/document-store';
import { ArmError, invalidParameter, resourceNotFound } from './rest/arm-error';
import { accepted, type Completions, type Operations } from './rest/operations';
import { type ArmRequest, type Route, route } from './rest/route';

const PATH = '/subscriptions/:subscription/resourceGroups/:group/moveResources';
const GROUP_ID = /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)$/i;

/** What can move. */
const MOVABLE = ['vms', 'disks', 'networkInterfaces'] as const;

/** "Resources - Move Resources" of Azure's REST API. */
export function moveRoutes(operations: Operations): Route[] {
  return [
    route('resources.move', 'POST', PATH, (cloud, request) => {
      const { group, ids } = orderOf(request);
      for (const id of ids) assertMovable(cloud, id, group, request);
      const resourceId = groupId(group);
      const operation = operations.start(cloud, { kind: 'resources.move', resourceId, args: { group, ids } });
      return accepted(cloud, request, operation);
    }),
  ];
}

export const moveCompletions: Completions = {
  'resources.move': (cloud, { error, args }) =>
    error === undefined ? moved(cloud, String(args?.group), (args?.ids ?? []) as string[]) : [],
};

function orderOf({ body }: ArmRequest): { group: string; ids: string[] } {
  const [, subscription, group] = GROUP_ID.exec(String(body.targetResourceGroup)) ?? [];
  if (group === undefined || subscription !== subscriptionOf(group))
    throw invalidParameter(
      'targetResourceGroup',
      'It must be the id of a group of one of the subscriptions.',
    );
  const ids = Array.isArray(body.resources) ? body.resources.map(String) : [];
  if (ids.length === 0) throw invalidParameter('resources', 'At least one must be named.');
  return { group, ids };
}

function assertMovable(cloud: Cloud, id: string, group: string, { names }: ArmRequest): void {
  const found = MOVABLE.map((table) => cloud.store.get(table, keyOf(id))).find((one) => one !== undefined);
  if (found === undefined) throw resourceNotFound(id);
  if (found.resourceGroup.toLowerCase() !== names.group?.toLowerCase())
    throw invalidParameter('resources', `${id} is not in the resource group ${names.group}.`);
  const there = keyOf(idIn(found, group));
  const taken = there !== keyOf(id) && MOVABLE.some((table) => cloud.store.get(table, there) !== undefined);
  const conflict = (message: string) => new ArmError(409, 'ResourceMoveFailed', message);
  if (taken) throw conflict(`There is a resource ${found.name} in ${group} already.`);
  if (activeGrant(cloud, id) !== undefined)
    throw conflict(`${found.name} has an active shared access signature.`);
  const isBusy = cloud.store.list('operations').some(({ resourceId }) => keyOf(resourceId) === keyOf(id));
  if (isBusy) throw conflict(`Another operation is under way on ${found.name}.`);
}

const idIn = ({ id }: Pick<Resource, 'id'>, group: string): string =>
  id.replace(/^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+/i, () => groupId(group));

/** Every resource that moves, and every one that names one of them. */
function moved(cloud: Cloud, group: string, ids: readonly string[]): Change<Tables>[] {
  const going = new Set(ids.map(keyOf));
  const of = <T extends string | undefined>(id: T): T =>
    (id !== undefined && going.has(keyOf(id)) ? idIn({ id }, group) : id) as T;
  const placed = <T extends Resource>(resource: T): T =>
    going.has(keyOf(resource.id)) ? { ...resource, id: of(resource.id), resourceGroup: group } : resource;
  const { store } = cloud;
  const vms = store.list('vms').map((before) => ({
    before,
    after: {
      ...placed(before),
      disks: before.disks.map((disk) => ({ ...disk, diskId: of(disk.diskId) })),
      networkInterfaces: before.networkInterfaces.map((nic) => ({ ...nic, id: of(String(nic.id)) })),
    },
  }));
  const disks = store
    .list('disks')
    .map((before) => ({ before, after: { ...placed(before), managedBy: of(before.managedBy) } }));
  const nics = store.list('networkInterfaces').map((before) => {
    const { virtualMachine, ...rest } = before.properties;
    const owner = virtualMachine !== undefined && {
      virtualMachine: { id: of(String(object(virtualMachine).id)) },
    };
    return { before, after: { ...placed(before), properties: { ...rest, ...owner } } };
  });
  const commands = store.list('runCommands').map((before) => {
    const vmId = before.id.replace(/\/runCommands\/.*$/i, '');
    const isGoing = going.has(keyOf(vmId));
    return { before, after: isGoing ? { ...before, id: idIn(before, group), resourceGroup: group } : before };
  });
  return [
    ...changesOf('vms', vms),
    ...changesOf('disks', disks),
    ...changesOf('networkInterfaces', nics),
    ...changesOf('runCommands', commands),
  ];
}

/** The key that is left goes first: it may be the one that is taken. */
const changesOf = <Name extends 'vms' | 'disks' | 'networkInterfaces' | 'runCommands'>(
  table: Name,
  resources: readonly { before: Tables[Name]; after: Tables[Name] }[],
): Change<Tables>[] =>
  resources
    .filter(({ before, after }) => JSON.stringify(before) !== JSON.stringify(after))
    .flatMap(({ before, after }) => [
      { table, key: keyOf(before.id), value: null } as Change<Tables>,
      { table, key: keyOf(after.id), value: after } as Change<Tables>,
    ]);
