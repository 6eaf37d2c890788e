/** The subscription of all resource groups but those of the second. */
export const SUBSCRIPTION_ID = '00000000-0000-0000-0000-000000000001';
/** A second one, to move things to: it has the groups whose names begin with `second-`. */
export const SECOND_SUBSCRIPTION_ID = '00000000-0000-0000-0000-000000000002';
export const SUBSCRIPTION_IDS: readonly string[] = [SUBSCRIPTION_ID, SECOND_SUBSCRIPTION_ID];
export const LOCATION = 'westeurope';

/** The subscription in which a resource group lies. */
export const subscriptionOf = (resourceGroup: string): string =>
  /^second-/i.test(resourceGroup) ? SECOND_SUBSCRIPTION_ID : SUBSCRIPTION_ID;

export const groupId = (resourceGroup: string): string =>
  `/subscriptions/${subscriptionOf(resourceGroup)}/resourceGroups/${resourceGroup}`;

/** The id of a resource in a resource group, for example `computeId('prod', 'virtualMachines', 'web-1')`. */
export function computeId(resourceGroup: string, ...typesAndNames: string[]): string {
  return providerId('Microsoft.Compute', resourceGroup, typesAndNames);
}

export function networkId(resourceGroup: string, ...typesAndNames: string[]): string {
  return providerId('Microsoft.Network', resourceGroup, typesAndNames);
}

/** Azure compares ids without regard to case: the key under which a resource is kept. */
export function keyOf(id: string): string {
  return id.toLowerCase();
}

/**
 * The key of the restore point that a disk restore point belongs to; something
 * unknown for any other resource.
 */
export function restorePointKey(diskRestorePointKey: string): string {
  return diskRestorePointKey.replace(/\/diskrestorepoints\/[^/]+$/, '');
}

/** The last segment of an id. */
export function nameOf(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}

function providerId(provider: string, resourceGroup: string, typesAndNames: readonly string[]): string {
  return [groupId(resourceGroup), 'providers', provider, ...typesAndNames].join('/');
}
