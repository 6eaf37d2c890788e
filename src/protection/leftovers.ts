import { addSeconds } from '../basics/time';
import { sweep } from '../compute/leftovers/find-leftovers';
import { judgeRestore } from './judge-restore';
import type { ProtectionServices } from './protection-services';
import type { Refused } from './refusals';
import { keepsSnapshot } from './snapshot-lifetime';

/** Nothing younger is looked at: its job may not have its record yet. */
export const GRACE_SECONDS = 600;

/**
 * So many removals, each with its polls, stay far below 1,000 events of one history, and their ids below 45
 * KiB.
 */
const MOST_AT_ONCE = 20;

/** What interrupted or expired work left in Azure. */
export interface Leftovers {
  /** When the sweep began, by the storage service's clock. */
  at: string;
  restorePointIds: string[];
  /** What restores made: to be discarded, or with `complete` to be told from what is half-made. */
  restored: { resourceId: string; jobId: string; complete?: true }[];
  /** What nobody but people can settle. */
  refused: Refused[];
  /** Present when there is more than this. */
  more?: true;
}

/** A turn of the sweep that began at this time, without the first so many, which could not be removed. */
export interface LeftoverSearch {
  at?: string;
  skip?: number;
}

type SweepServices = Pick<
  ProtectionServices,
  'compute' | 'jobs' | 'policies' | 'protectedVms' | 'store' | 'vault'
>;

/** The next leftovers to remove, always in the same order. */
export async function nextLeftovers(
  services: SweepServices,
  { at: begun, skip = 0 }: LeftoverSearch,
): Promise<Leftovers> {
  const at = begun ?? (await services.store.now());
  const { snapshots, halfMade, unread } = await sweep(services.compute, {
    olderThan: addSeconds(at, -GRACE_SECONDS),
    isLive: (jobId) => keepsSnapshot(services, jobId, at),
    judgeRestore: (jobId) => judgeRestore(services, jobId),
  });
  const restorePointIds = snapshots.map(({ restorePointId }) => restorePointId).sort();
  const restored = halfMade.flatMap(({ inUseBy, ...one }) => (inUseBy === undefined ? [one] : []));
  const restoredFrom = Math.max(0, skip - restorePointIds.length);
  const points = restorePointIds.slice(skip, skip + MOST_AT_ONCE);
  const page = restored.slice(restoredFrom, restoredFrom + MOST_AT_ONCE - points.length);
  const isRest = skip + points.length + page.length < restorePointIds.length + restored.length;
  // The disks of a VM can go once it has gone itself.
  const frees = page.some(({ resourceId }) => /\/virtualMachines\//i.test(resourceId));
  return {
    at,
    restorePointIds: points,
    restored: page,
    refused: skip > 0 ? [] : [...halfMade.flatMap(inUse), ...unread.map(unreadable)].slice(0, MOST_AT_ONCE),
    ...(isRest || frees ? { more: true } : {}),
  };
}

function inUse({
  resourceId,
  jobId,
  inUseBy,
}: Awaited<ReturnType<typeof sweep>>['halfMade'][number]): Refused[] {
  if (inUseBy === undefined) return [];
  const message = `It is half-restored and used by ${inUseBy}: nothing that ${jobId} made is deleted.`;
  return [{ resourceId, jobId, code: 'RestoreDiskConflict', message }];
}

const unreadable = ({
  subscriptionId,
  error,
}: Awaited<ReturnType<typeof sweep>>['unread'][number]): Refused => ({
  resourceId: `/subscriptions/${subscriptionId}`,
  code: error.failure.code,
  message: error.failure.message,
});
