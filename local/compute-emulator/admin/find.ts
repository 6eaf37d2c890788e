import type { Cloud } from '../cloud/cloud';
import type { Disk, Resource, Vm } from '../cloud/model';
import { AdminError } from './admin-error';
import type { AdminRequest } from './admin-route';

/** @throws AdminError when there is no such VM, or more than one */
export function findVm(cloud: Cloud, request: AdminRequest): Vm {
  return findOne('VM', cloud.store.list('vms'), request.names.vm, request);
}

/** @throws AdminError when there is no such disk, or more than one */
export function findDisk(cloud: Cloud, request: AdminRequest): Disk {
  return findOne('disk', cloud.store.list('disks'), request.names.disk, request);
}

/**
 * By name, in any case; where several resource groups have the name, the query must say which one is meant.
 */
function findOne<T extends Resource>(
  what: string,
  resources: readonly T[],
  name = '',
  { query }: AdminRequest,
): T {
  const group = query.get('resourceGroup');
  const found = resources.filter(
    (each) => isSame(each.name, name) && (group === null || isSame(each.resourceGroup, group)),
  );
  const [first, second] = found;
  if (first === undefined)
    throw new AdminError(404, `no-such-${what.toLowerCase()}`, `There is no ${what} ${name}.`);
  if (second === undefined) return first;
  const groups = found.map((each) => each.resourceGroup).join(', ');
  throw new AdminError(
    409,
    'ambiguous-name',
    `There is a ${what} ${name} in ${groups}: say which with ?resourceGroup=NAME.`,
  );
}

function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
