import type { Disk } from '@azure/arm-compute';
import { collect } from '../arm/collect';
import type { Compute } from '../arm/connection';
import { parseResourceId, resourceKey } from '../arm/resource-id';
import { toArmError } from '../failures/arm-error';

/**
 * With disks in more resource groups of a subscription than this, one listing of the whole subscription is
 * cheaper.
 */
const MOST_GROUPS = 8;

/**
 * The true sizes of these managed disks by resource key, in bytes: the model of a VM rounds them up to GiB.
 * Asks for the resource groups that the disks are in, and no others. Disks whose size Azure does not tell now
 * are left out.
 */
export async function diskSizes(compute: Compute, diskIds: string[]): Promise<Map<string, number>> {
  const listings = [...groupsOf(diskIds)].flatMap(([subscriptionId, groups]) => {
    const { disks } = compute.client(subscriptionId);
    if (groups.size > MOST_GROUPS) return [() => collect(disks.list())];
    return [...groups].map((group) => () => collect(disks.listByResourceGroup(group)));
  });
  const found = await Promise.all(listings.map((list) => list().catch(noneIfRefused)));
  const asked = new Set(diskIds.map(resourceKey));
  return new Map(
    found.flat().flatMap(({ id, diskSizeBytes }: Disk) => {
      const key = resourceKey(id ?? '');
      return diskSizeBytes && asked.has(key) ? [[key, diskSizeBytes] as const] : [];
    }),
  );
}

/** The resource groups of disks, by subscription. Ids come in mixed case. */
function groupsOf(diskIds: string[]): Map<string, Set<string>> {
  const groups = new Map<string, Set<string>>();
  for (const id of diskIds) {
    const { subscriptionId, resourceGroup } = parseResourceId(id);
    const ofSubscription = groups.get(subscriptionId.toLowerCase()) ?? new Set<string>();
    groups.set(subscriptionId.toLowerCase(), ofSubscription.add(resourceGroup.toLowerCase()));
  }
  return groups;
}

/**
 * Whatever Azure says instead costs the sizes, never the list of VMs: those of their models serve, rounded up
 * to GiB.
 */
function noneIfRefused(error: unknown): [] {
  if (toArmError(error)) return [];
  throw error;
}
