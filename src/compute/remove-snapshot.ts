import { asStepFailure, during, findOrUndefined } from './arm-failure';
import type { Compute } from './connection';
import { collect } from './discover';
import { revoke } from './disk-access';
import { type Begun, begin } from './long-running';
import { parseRestorePointId, type RestorePointRef } from './snapshot';
import { finished, longRunningStep, type Next, type StageContext, throwIfFailed, waitFor } from './step';

export interface RemoveSnapshotInput {
  restorePointId: string;
}

interface Memo {
  /** Disk restore points whose links are still to be revoked before the next try. */
  revoke: string[];
  tries: number;
}

type Context = StageContext<RemoveSnapshotInput, Memo>;
type NextStage = Next<{ removed: boolean }, Memo>;

/** How often a point that is "used" is tried again after its links were revoked. */
const MAX_TRIES = 6;

/**
 * Removes a snapshot; one that is gone is fine (`removed: false`). Links that are still active, which Azure refuses to pull
 * away, are revoked first. Fails with `DiskRestorePointUsedByCustomer`, `ResourceLocked` and the causes of step `clean up`.
 */
export const removeSnapshot = longRunningStep<RemoveSnapshotInput, { removed: boolean }, Memo>({
  step: 'clean up',
  limitSeconds: 3600,
  memo: { revoke: [], tries: 0 },
  stages: { start: remove, removed, revoking },
});

async function remove({ compute, input, memo }: Context): Promise<NextStage> {
  const point = parseRestorePointId(input.restorePointId);
  if (!point) throw new Error(`Not a restore point: ${input.restorePointId}`);
  try {
    const begun = await findOrUndefined('clean up', () => deletePoint(compute, point));
    return begun ? waitFor(begun, 'removed', memo) : finished({ removed: false });
  } catch (error) {
    return revokeFirst(compute, point, memo, asStepFailure(error, 'clean up'));
  }
}

const deletePoint = (
  compute: Compute,
  { subscriptionId, resourceGroup, collection, point }: RestorePointRef,
): Promise<Begun> =>
  begin(subscriptionId, (options) =>
    compute.client(subscriptionId).restorePoints.delete(resourceGroup, collection, point, options),
  );

async function removed({ compute, input, memo, error }: Context): Promise<NextStage> {
  const point = parseRestorePointId(input.restorePointId);
  if (!error || !point) return finished({ removed: true });
  try {
    throwIfFailed(error, 'clean up');
  } catch (failure) {
    return revokeFirst(compute, point, memo, asStepFailure(failure, 'clean up'));
  }
  return finished({ removed: true });
}

/** A point that is being read cannot be removed: its links are revoked one after the other, then it is tried again. */
async function revokeFirst(
  compute: Compute,
  point: RestorePointRef,
  memo: Memo,
  failure: ReturnType<typeof asStepFailure>,
): Promise<NextStage> {
  if (failure.failure.code !== 'DiskRestorePointUsedByCustomer' || memo.tries >= MAX_TRIES) throw failure;
  const { diskRestorePoint } = compute.client(point.subscriptionId);
  const disks = await during('clean up', () =>
    collect(diskRestorePoint.listByRestorePoint(point.resourceGroup, point.collection, point.point)),
  );
  const ids = disks.flatMap(({ id }) => (id ? [id] : []));
  return { done: false, stage: 'revoking', memo: { revoke: ids, tries: memo.tries + 1 } };
}

async function revoking({ compute, memo }: Context): Promise<NextStage> {
  const [next, ...rest] = memo.revoke;
  // The service takes a moment to notice; the first new try comes at once, later ones wait.
  if (!next) return { done: false, stage: 'start', memo, retryAfterSeconds: memo.tries > 1 ? 10 : 0 };
  const begun = await revoke(compute, next);
  return waitFor(begun ?? { body: undefined }, 'revoking', { ...memo, revoke: rest });
}
