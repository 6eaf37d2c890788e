import type { BackupError } from '../../failures/failure';
import { collect } from '../arm/collect';
import type { Compute } from '../arm/connection';
import { type Begun, begin } from '../arm/long-running';
import { isOwn } from '../arm/ownership';
import { parseResourceId, resourceName } from '../arm/resource-id';
import { finished, longRunningStep, type Next, type StageContext, waitFor } from '../arm/step';
import { revoke } from '../disks/disk-access';
import { asStepFailure, during, findOrUndefined } from '../failures/arm-failure';
import { parseDiskSnapshotsId, parseRestorePointId } from './snapshot';

export interface RemoveSnapshotInput {
  /** Of a `Snapshot`: a restore point, or all disk snapshots of a job. */
  restorePointId: string;
}

interface Memo {
  /** What is still to be removed, by resource id. */
  remove: string[];
  /** Whose links are still to be revoked before the next try. */
  revoke: string[];
  tries: number;
  removed: boolean;
}

type Context = StageContext<RemoveSnapshotInput, Memo>;
type Stage = 'start' | 'remove' | 'removed' | 'revoking' | 'revoked';
type NextStage = Next<{ removed: boolean }, Memo, Stage>;

/** How often a snapshot that is "used" is tried again after its links were revoked. */
const MAX_TRIES = 6;

/**
 * Removes a snapshot; one that is gone is fine (`removed: false`). Links that are still active, which Azure
 * refuses to pull away, are revoked first. Fails with `DiskRestorePointUsedByCustomer`, `ResourceLocked` and
 * the causes of step `clean up`.
 */
export const removeSnapshot = longRunningStep<RemoveSnapshotInput, { removed: boolean }, Stage>({
  step: 'clean up',
  limitSeconds: 3600,
  memo: {},
  stages: { start, remove, removed, revoking, revoked },
  whenFailed: { removed: notRemoved },
});

async function start({ compute, input }: Context): Promise<NextStage> {
  const set = parseDiskSnapshotsId(input.restorePointId);
  const remove = set ? await diskSnapshotsOf(compute, set) : [input.restorePointId];
  // Snapshots may be deleted while they are read, which would leave their readers with errors and their links
  // open.
  return {
    done: false,
    stage: 'revoking',
    memo: { remove, revoke: set ? remove : [], tries: 0, removed: false },
  };
}

async function diskSnapshotsOf(
  compute: Compute,
  set: NonNullable<ReturnType<typeof parseDiskSnapshotsId>>,
): Promise<string[]> {
  const { snapshots } = compute.client(set.subscriptionId);
  const all = await during('clean up', () => collect(snapshots.listByResourceGroup(set.resourceGroup)));
  return all.flatMap(({ id, tags }) => {
    return id && isOwn(compute, tags, set.jobId) ? [id] : [];
  });
}

async function remove({ compute, memo }: Context): Promise<NextStage> {
  const [next] = memo.remove;
  if (!next) return finished({ removed: memo.removed });
  try {
    const begun = await findOrUndefined('clean up', () => sendDelete(compute, next));
    const gone = !begun || begun.status === 204;
    return gone ? afterRemoval(memo, memo.removed) : waitFor(begun, 'removed', memo);
  } catch (error) {
    const failure = asStepFailure(error, 'clean up');
    if (!isUsed(failure)) throw failure;
    return revokeFirst(compute, next, memo, failure);
  }
}

function sendDelete(compute: Compute, id: string): Promise<Begun> {
  const point = parseRestorePointId(id);
  const { subscriptionId, resourceGroup } = parseResourceId(id);
  const { restorePoints, snapshots } = compute.client(subscriptionId);
  return begin(subscriptionId, (options) =>
    point
      ? restorePoints.delete(resourceGroup, point.collection, point.point, options)
      : snapshots.delete(resourceGroup, resourceName(id), options),
  );
}

async function removed({ memo, ended }: Context): Promise<NextStage> {
  // Deleting what is gone already does no harm, believing that it is gone does.
  return ended ? afterRemoval(memo, true) : { done: false, stage: 'remove', memo };
}

async function notRemoved({ compute, memo }: Context, failure: BackupError): Promise<NextStage | undefined> {
  return isUsed(failure) ? revokeFirst(compute, memo.remove[0] ?? '', memo, failure) : undefined;
}

const isUsed = ({ failure }: BackupError): boolean => failure.code === 'DiskRestorePointUsedByCustomer';

const afterRemoval = (memo: Memo, removed: boolean): NextStage => ({
  done: false,
  stage: 'remove',
  memo: { ...memo, remove: memo.remove.slice(1), removed },
});

/**
 * A point that is being read cannot be removed: its links are revoked one after the other, then it is tried
 * again.
 */
async function revokeFirst(compute: Compute, id: string, memo: Memo, error: BackupError): Promise<NextStage> {
  const point = parseRestorePointId(id);
  if (!point || memo.tries >= MAX_TRIES) throw error;
  const { diskRestorePoint } = compute.client(point.subscriptionId);
  const disks = await during('clean up', () =>
    collect(diskRestorePoint.listByRestorePoint(point.resourceGroup, point.collection, point.point)),
  );
  const ids = disks.flatMap((disk) => (disk.id ? [disk.id] : []));
  return { done: false, stage: 'revoking', memo: { ...memo, revoke: ids, tries: memo.tries + 1 } };
}

async function revoking({ compute, memo }: Context): Promise<NextStage> {
  const [next] = memo.revoke;
  // The service takes a moment to notice; the first new try comes at once, later ones wait.
  if (!next) return { done: false, stage: 'remove', memo, retryAfterSeconds: memo.tries > 1 ? 10 : 0 };
  const begun = await revoke(compute, next);
  return waitFor(begun ?? { status: 404, body: undefined }, 'revoked', memo);
}

async function revoked({ memo }: Context): Promise<NextStage> {
  return { done: false, stage: 'revoking', memo: { ...memo, revoke: memo.revoke.slice(1) } };
}
