import { addSeconds } from '../basics/time';
import { sweep } from '../compute/leftovers/find-leftovers';
import type { ProtectionServices } from './protection-services';
import { keepsSnapshot } from './snapshot-lifetime';

/** Nothing younger is looked at: its job may not have its record yet. */
const GRACE_SECONDS = 600;

/**
 * So many removals, each with its polls, stay far below 1,000 events of one history, and their ids below 45
 * KiB.
 */
const MOST_AT_ONCE = 20;

/** What interrupted or expired work left in Azure. */
export interface Leftovers {
  restorePointIds: string[];
  /** Disks of restores that never got all their bytes. */
  openDisks: { resourceId: string; jobId: string }[];
  /** Present when there is more than this. */
  more?: true;
}

/** A turn of the sweep: at this time, without the first so many, which could not be removed. */
export interface LeftoverSearch {
  at: string;
  skip?: number;
}

/** The next leftovers to remove, always in the same order. */
export async function nextLeftovers(
  services: Pick<ProtectionServices, 'compute' | 'jobs' | 'policies' | 'protectedVms' | 'vault'>,
  { at, skip = 0 }: LeftoverSearch,
): Promise<Leftovers> {
  const { snapshots, openDisks } = await sweep(services.compute, {
    olderThan: addSeconds(at, -GRACE_SECONDS),
    isLive: (jobId) => keepsSnapshot(services, jobId, at),
  });
  const restorePointIds = snapshots.map(({ restorePointId }) => restorePointId).sort();
  openDisks.sort((a, b) => (a.resourceId < b.resourceId ? -1 : 1));
  const disksFrom = Math.max(0, skip - restorePointIds.length);
  const points = restorePointIds.slice(skip, skip + MOST_AT_ONCE);
  const disks = openDisks.slice(disksFrom, disksFrom + MOST_AT_ONCE - points.length);
  const isRest = skip + points.length + disks.length < restorePointIds.length + openDisks.length;
  return { restorePointIds: points, openDisks: disks, ...(isRest ? { more: true } : {}) };
}
