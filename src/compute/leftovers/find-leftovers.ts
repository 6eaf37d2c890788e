import { collect } from '../arm/collect';
import type { Compute } from '../arm/connection';
import { ownJobOf } from '../arm/ownership';
import { findOrUndefined } from '../failures/arm-failure';
import { listAllOwnSnapshots } from '../snapshots/own-snapshots';

export interface SweepOptions {
  /** Only what is older than this moment is looked at; ISO 8601, UTC. */
  olderThan: string;
  /** Whether a job still runs, or its snapshot is kept on purpose. */
  isLive: (jobId: string) => boolean | Promise<boolean>;
}

/** What interrupted runs left behind. */
export interface Leftovers {
  /** To be removed with `removeSnapshot`, which also revokes what is open on them. */
  snapshots: { restorePointId: string; jobId: string }[];
  /** Disks of restores that never ended, still waiting for bytes: to be removed with `discardRestoreDisk`. */
  openDisks: { resourceId: string; jobId: string }[];
}

/**
 * Finds what interrupted runs of this installation left behind in all subscriptions. Only what carries its
 * own tag (for restore points: stands in a collection that does, under a name that tells the job) and is old
 * enough is looked at, and nothing of a live job is touched. Finding is separate from removing, because
 * removing takes as long as Azure takes.
 */
export async function sweep(compute: Compute, { olderThan, isLive }: SweepOptions): Promise<Leftovers> {
  const found = await Promise.all(
    compute.settings.subscriptions.map(async (id) => ({
      snapshots: await listAllOwnSnapshots(compute, id),
      openDisks: await openRestoreDisks(compute, id),
    })),
  );
  const liveness = new Map<string, Promise<boolean>>();
  const isDead = async ({ jobId, time }: { jobId: string; time: string }) => {
    // A failed point may never get a time; that its job is dead is enough then.
    if (time !== '' && !(Date.parse(time) < Date.parse(olderThan))) return false;
    const known = liveness.get(jobId) ?? Promise.resolve(isLive(jobId));
    liveness.set(jobId, known);
    return !(await known);
  };
  const snapshots = await filterAsync(
    found.flatMap((one) => one.snapshots),
    isDead,
  );
  const openDisks = await filterAsync(
    found.flatMap((one) => one.openDisks),
    isDead,
  );
  return {
    snapshots: snapshots.map(({ restorePointId, jobId }) => ({ restorePointId, jobId })),
    openDisks: openDisks.map(({ resourceId, jobId }) => ({ resourceId, jobId })),
  };
}

async function openRestoreDisks(compute: Compute, subscriptionId: string) {
  const { disks } = compute.client(subscriptionId);
  const all = (await findOrUndefined('clean up', () => collect(disks.list()))) ?? [];
  return all.flatMap(({ id, tags, diskState, timeCreated }) => {
    const jobId = ownJobOf(compute, tags);
    // Whoever exports a restored disk has it open, too: only a disk without all its bytes is nobody's.
    const open = diskState === 'ActiveUpload' || diskState === 'ReadyToUpload';
    return id && jobId && open && timeCreated
      ? [{ resourceId: id, jobId, time: timeCreated.toISOString() }]
      : [];
  });
}

async function filterAsync<T>(items: T[], keep: (item: T) => Promise<boolean>): Promise<T[]> {
  const kept = await Promise.all(items.map(keep));
  return items.filter((_, index) => kept[index]);
}
