import type { Json } from '../../cloud/model';
import type { Settings } from '../../cloud/settings';
import { ArmError, resourceNotFound } from './arm-error';

/** A request, as far as the owner of the subscription has a say in it. */
interface Asked {
  method: string;
  operation: string;
  names: Record<string, string>;
  path: string;
  body: Json;
}

/** What can have tags, and so can be asked for them. */
const TAGGED =
  /^(disks|networkInterfaces|restorePointCollections|snapshots|virtualMachines)\.createOrUpdate$/;

/**
 * What the owner of a subscription decides: which resources are gone, what a policy demands, what a lock
 * keeps.
 * @throws ArmError
 */
export function refuseAsGoverned(settings: Settings, asked: Asked): void {
  refuseMissing(settings.missing, asked);
  refuseWithoutTags(settings.requiredTags, asked);
  refuseLocked(settings.lockedResourceGroups, asked);
}

function refuseMissing(missing: readonly string[], { method, names, path, body }: Asked): void {
  const gone = new Set(missing.map((id) => id.toLowerCase()));
  if (gone.size === 0) return;
  const group = `/subscriptions/${names.subscription}/resourcegroups/${names.group}`.toLowerCase();
  if (names.group !== undefined && gone.has(group)) {
    throw new ArmError(404, 'ResourceGroupNotFound', `Resource group '${names.group}' could not be found.`);
  }
  if (gone.has(path.toLowerCase())) throw resourceNotFound(path);
  const referred = method === 'PUT' ? idsIn(body).find((id) => gone.has(id.toLowerCase())) : undefined;
  if (referred === undefined) return;
  const message = `Resource ${referred} referenced by resource ${path} was not found.`;
  throw new ArmError(400, 'InvalidResourceReference', message);
}

function idsIn(value: unknown): string[] {
  if (typeof value === 'string') return value.startsWith('/subscriptions/') ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  const names = Array.isArray(value)
    ? []
    : Object.keys(value).filter((name) => name.startsWith('/subscriptions/'));
  return [...names, ...Object.values(value).flatMap(idsIn)];
}

function refuseWithoutTags(required: readonly string[], { method, operation, path, body }: Asked): void {
  if (method !== 'PUT' || !TAGGED.test(operation)) return;
  const tags = Object.keys((body.tags ?? {}) as Json).map((tag) => tag.toLowerCase());
  const absent = required.find((tag) => !tags.includes(tag.toLowerCase()));
  if (absent === undefined) return;
  const resource = path.slice(path.lastIndexOf('/') + 1);
  const identifiers = JSON.stringify([
    {
      policyAssignment: {
        name: `Require the tag ${absent}`,
        id: '/providers/Microsoft.Authorization/policyAssignments/tags',
      },
    },
  ]);
  throw new ArmError(
    403,
    'RequestDisallowedByPolicy',
    `Resource '${resource}' was disallowed by policy. Policy identifiers: '${identifiers}'.`,
  );
}

function refuseLocked(locked: readonly string[], { method, names, path }: Asked): void {
  const group = locked.find((one) => one.toLowerCase() === names.group?.toLowerCase());
  if (method !== 'DELETE' || group === undefined) return;
  const scope = `/subscriptions/${names.subscription}/resourceGroups/${group}`;
  const message =
    `The scope '${path}' cannot perform delete operation because following scope(s) are locked: ` +
    `'${scope}'. Please remove the lock and try again.`;
  throw new ArmError(409, 'ScopeLocked', message);
}
