import { BackupError } from '../../failures/failure';
import type { Compute } from '../arm/connection';
import { listAllOwnSnapshots, type OwnSnapshot } from '../snapshots/own-snapshots';
import { halfMadeOf, type Made, restoredThings } from './restored-things';

export interface SweepOptions {
  /** Only what is older than this moment is looked at; ISO 8601, UTC, by a clock of Azure. */
  olderThan: string;
  /** Whether a job still runs, or its snapshot is kept on purpose. */
  isLive: (jobId: string) => boolean | Promise<boolean>;
  /** What is known of a restore: it is left to somebody, it came to its end, or it never will. */
  judgeRestore: (jobId: string) => RestoreVerdict | Promise<RestoreVerdict>;
}

export type RestoreVerdict = 'live' | 'complete' | 'dead';

/** Something that a restore made and that still says that it is half-made. */
export interface HalfMade {
  resourceId: string;
  jobId: string;
  /** True for a restore that came to its end: the thing stays, and the tag is to be taken off. */
  complete?: true;
  /** The VM that uses it, which the restore did not make: then all of that restore is left to people. */
  inUseBy?: string;
}

/** What interrupted runs left behind. */
export interface Leftovers {
  /** To be removed with `removeSnapshot`, which also revokes what is open on them. */
  snapshots: { restorePointId: string; jobId: string }[];
  /** VMs first, then network interfaces, then disks, in an order that stays. */
  halfMade: HalfMade[];
  /** Subscriptions that could not be read: nothing is known of what lies in them. */
  unread: { subscriptionId: string; error: BackupError }[];
}

/**
 * Finds what interrupted runs of this installation left behind in all subscriptions. Only what carries its
 * own tag (for restore points: stands in a collection that does, under a name that tells the job) and is old
 * enough is looked at, and nothing of a live job is touched. Of what restores made only that counts which
 * still bears the tag of what is half-made, or waits for its bytes. Finding is separate from removing,
 * because removing takes as long as Azure takes.
 */
export async function sweep(compute: Compute, options: SweepOptions): Promise<Leftovers> {
  const { olderThan } = options;
  const unread: Leftovers['unread'] = [];
  const found = await Promise.all(
    compute.settings.subscriptions.map(async (id) => {
      try {
        return { snapshots: await listAllOwnSnapshots(compute, id), made: await restoredThings(compute, id) };
      } catch (error) {
        if (!(error instanceof BackupError)) throw error;
        unread.push({ subscriptionId: id, error });
        return { snapshots: [], made: [] };
      }
    }),
  );
  const isLive = once(options.isLive);
  const judge = once(options.judgeRestore);
  const isDead = async ({ jobId, time }: OwnSnapshot) => {
    // A failed point may never get a time; that its job is dead is enough then.
    if (time !== '' && !isOlder(time, olderThan)) return false;
    return !(await isLive(jobId));
  };
  const snapshots = await filterAsync(
    found.flatMap((one) => one.snapshots),
    isDead,
  );
  const made = found.flatMap((one) => one.made);
  const old = (of: Made[]) => of.every(({ time }) => time === undefined || isOlder(time, olderThan));
  const halfMade = await Promise.all(
    [...groupByJob(made)].map(async ([jobId, ofJob]) => {
      const half = halfMadeOf(ofJob);
      if (half.length === 0 || !old(half)) return [];
      const verdict = await judge(jobId);
      if (verdict === 'live') return [];
      return describe(jobId, ofJob, half, verdict);
    }),
  );
  return {
    snapshots: snapshots.map(({ restorePointId, jobId }) => ({ restorePointId, jobId })),
    halfMade: halfMade.flat().sort(inOrder),
    unread,
  };
}

/**
 * A restore of which anything has lost the tag has come to its end: the tag goes off the rest, too. Of one
 * whose disk somebody uses nothing goes: a swap that nobody can finish or undo any more needs them all.
 */
function describe(jobId: string, ofJob: Made[], half: Made[], verdict: RestoreVerdict): HalfMade[] {
  const complete = verdict === 'complete' || ofJob.some((one) => !half.includes(one));
  const own = new Set(half.map(({ resourceId }) => resourceId.toLowerCase()));
  const isForeign = (user: string | undefined) => user !== undefined && !own.has(user.toLowerCase());
  const used = half.find(({ usedBy }) => isForeign(usedBy));
  if (!complete && used) return [{ resourceId: used.resourceId, jobId, inUseBy: used.usedBy }];
  return half
    .filter(({ kind, usedBy }) => complete || kind === 'vm' || usedBy === undefined)
    .map(({ resourceId }) => (complete ? { resourceId, jobId, complete } : { resourceId, jobId }));
}

function groupByJob(made: Made[]): Map<string, Made[]> {
  const groups = new Map<string, Made[]>();
  for (const one of made) groups.set(one.jobId, [...(groups.get(one.jobId) ?? []), one]);
  return groups;
}

const KINDS = ['/virtualmachines/', '/networkinterfaces/', '/disks/'];
const placeOf = ({ resourceId }: HalfMade) =>
  KINDS.findIndex((one) => resourceId.toLowerCase().includes(one));
const inOrder = (left: HalfMade, right: HalfMade) =>
  placeOf(left) - placeOf(right) || (left.resourceId < right.resourceId ? -1 : 1);

const isOlder = (time: string, than: string) => Date.parse(time) < Date.parse(than);

/** Asks once for each job. */
function once<T>(ask: (jobId: string) => T | Promise<T>): (jobId: string) => Promise<T> {
  const known = new Map<string, Promise<T>>();
  return (jobId) => {
    const answer = known.get(jobId) ?? Promise.resolve(ask(jobId));
    known.set(jobId, answer);
    return answer;
  };
}

async function filterAsync<T>(items: T[], keep: (item: T) => Promise<boolean>): Promise<T[]> {
  const kept = await Promise.all(items.map(keep));
  return items.filter((_, index) => kept[index]);
}
