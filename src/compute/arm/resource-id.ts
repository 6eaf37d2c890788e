import { z } from 'zod';
import { brokenInvariant } from '../../failures/failure';

/**
 * A resource of Azure, taken apart. Azure answers ids in mixed case: compare them with `sameResource` or
 * `resourceKey`.
 */
export interface ResourceId {
  subscriptionId: string;
  resourceGroup: string;
  /** The provider's namespace, for example `Microsoft.Compute`. */
  provider: string;
  /** The type in lower case, for example `restorepointcollections/restorepoints`. */
  type: string;
  /** One name per part of the type, outermost first. */
  names: string[];
}

/** Where a VM is, or another resource of Azure Compute. */
export const VmRef = z.strictObject({
  subscriptionId: z.string(),
  resourceGroup: z.string(),
  name: z.string(),
});
export type VmRef = z.output<typeof VmRef>;

const SHAPE = /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/([^/]+)\/(.+)$/i;

/** Takes a resource id apart; throws on anything that is none, so that a broken id is never sent anywhere. */
export function parseResourceId(id: string): ResourceId {
  const [, subscriptionId, resourceGroup, provider, path] = SHAPE.exec(id) ?? [];
  const parts = path?.split('/') ?? [];
  if (!subscriptionId || !resourceGroup || !provider || parts.length % 2 !== 0 || parts.includes('')) {
    throw brokenInvariant(`Not a resource id: ${id}`);
  }
  return {
    subscriptionId,
    resourceGroup,
    provider,
    type: parts
      .filter((_, index) => index % 2 === 0)
      .join('/')
      .toLowerCase(),
    names: parts.filter((_, index) => index % 2 === 1),
  };
}

/** The last name of a resource id. */
export const resourceName = (id: string): string => id.slice(id.lastIndexOf('/') + 1);

/**
 * The form of a resource id that serves as a key: resource ids are case-insensitive (Azure Resource Manager).
 */
export const resourceKey = (id: string): string => id.toLowerCase();

export const sameResource = (left: string, right: string): boolean =>
  resourceKey(left) === resourceKey(right);

/** The resource id of a VM. */
export const vmResourceId = ({ subscriptionId, resourceGroup, name }: VmRef): string =>
  `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.Compute/virtualMachines/${name}`;

/** The resource id of a managed disk. */
export const diskResourceId = ({ subscriptionId, resourceGroup, name }: VmRef): string =>
  `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.Compute/disks/${name}`;

/** The VM that a resource id names. */
export function vmRefOf(id: string): VmRef {
  const { subscriptionId, resourceGroup, names } = parseResourceId(id);
  return { subscriptionId, resourceGroup, name: names[0] as string };
}
