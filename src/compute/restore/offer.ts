import type { ResourceSku } from '@azure/arm-compute';
import { collect } from '../arm/collect';
import type { Compute } from '../arm/connection';
import { during, stepFailure } from '../failures/arm-failure';

/** What somebody wants that Azure may not offer there. */
export interface Wish {
  subscriptionId: string;
  location: string;
  /** Of a VM. */
  size?: string;
  zone?: string;
  /** Of disks. */
  diskTypes: string[];
  /** What the size has to fit, as far as it is known. */
  dataDisks: number;
  architecture?: string;
  generation?: string;
}

/**
 * Looks whether Azure offers a size and types of disks in a region and zone, to this subscription, and
 * whether the size fits the disks. Costs one listing, so only what somebody chose is looked up. Fails with
 * `RestoreSizeNotAvailable` and `RestoreDiskTypeNotAvailable`. Source: "Resource Skus - List".
 */
export async function checkOffer(compute: Compute, wish: Wish): Promise<void> {
  const { subscriptionId, location, size, diskTypes, zone } = wish;
  if (!size && diskTypes.length === 0) return;
  const { resourceSkus } = compute.client(subscriptionId);
  const all = await during('restore VM', () =>
    collect(resourceSkus.list({ filter: `location eq '${location}'` })),
  );
  const offered = (kind: string, name: string) =>
    all.filter((one) => isOf(one, kind, name) && one.locations?.some((each) => same(each, location)));
  const where = zone ? `${location}, zone ${zone}` : location;
  for (const type of new Set(diskTypes)) {
    if (offered('disks', type).some((one) => isOpen(one, location, zone))) continue;
    throw stepFailure('RestoreDiskTypeNotAvailable', 'restore', `Azure does not offer ${type} in ${where}.`);
  }
  if (!size) return;
  const [sku] = offered('virtualMachines', size).filter((one) => isOpen(one, location, zone));
  const refuse = (why: string) => stepFailure('RestoreSizeNotAvailable', 'restore VM', why);
  if (!sku) throw refuse(`Azure does not offer ${size} in ${where} to this subscription.`);
  const misfit = misfitOf(sku, wish);
  if (misfit) throw refuse(`${size} ${misfit}.`);
}

const same = (left: string | undefined, right: string): boolean =>
  left?.toLowerCase() === right.toLowerCase();

const isOf = (sku: ResourceSku, kind: string, name: string): boolean =>
  same(sku.resourceType, kind) && same(sku.name, name);

/** Whether no restriction of Azure stands against it. */
function isOpen(
  { locationInfo = [], restrictions = [] }: ResourceSku,
  location: string,
  zone?: string,
): boolean {
  if (restrictions.some(({ type }) => type === 'Location')) return false;
  if (zone === undefined) return true;
  const zones = locationInfo.find((one) => same(one.location, location))?.zones ?? [];
  return (
    zones.includes(zone) &&
    !restrictions.some(({ restrictionInfo }) => restrictionInfo?.zones?.includes(zone))
  );
}

/** Why the size does not take the disks; undefined where it does, or Azure does not say. */
function misfitOf({ capabilities = [] }: ResourceSku, wish: Wish): string | undefined {
  const value = (name: string) => capabilities.find((one) => one.name === name)?.value;
  const most = Number(value('MaxDataDiskCount') ?? Number.POSITIVE_INFINITY);
  if (wish.dataDisks > most) return `takes ${most} data disks, the point has ${wish.dataDisks}`;
  const architecture = value('CpuArchitectureType');
  if (
    architecture &&
    !same(wish.architecture, architecture) &&
    (wish.architecture || architecture !== 'x64')
  ) {
    return `runs ${architecture}, the OS disk is of ${wish.architecture ?? 'x64'}`;
  }
  const generations = value('HyperVGenerations')?.split(',');
  return generations && wish.generation && !generations.includes(wish.generation)
    ? `takes generation ${generations.join(' and ')}, the OS disk is of ${wish.generation}`
    : undefined;
}
