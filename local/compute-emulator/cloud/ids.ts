/** The one subscription and region of the emulator. */
export const SUBSCRIPTION_ID = '00000000-0000-0000-0000-000000000001';
export const LOCATION = 'westeurope';

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
  const group = `/subscriptions/${SUBSCRIPTION_ID}/resourceGroups/${resourceGroup}`;
  return [group, 'providers', provider, ...typesAndNames].join('/');
}
