import type { RestorePoint } from '@azure/arm-compute';
import type { Consistency } from '../../disks/consistency';
import { BackupError, type Failure } from '../../failures/failure';
import type { Compute } from '../arm/connection';
import { begin } from '../arm/long-running';
import { pointName } from '../arm/own-names';
import type { VmRef } from '../arm/resource-id';
import { finished, longRunningStep, type Next, type StageContext, waitFor } from '../arm/step';
import { armFailure, asStepFailure, during, findOrUndefined, stepFailure } from '../failures/arm-failure';
import { mayWrite, type OsType, readPowerState } from '../vms/vm-state';
import { nextTry, reachedConsistency, satisfies } from './consistency';
import {
  clearDiskSnapshot,
  type DiskSnapshotsStage,
  diskSnapshotCleared,
  diskSnapshotsCopied,
  diskSnapshotTaken,
  goOnWithDiskSnapshots,
  planDiskSnapshots,
  snapshotNextDisk,
} from './disk-snapshots';
import { openCollection } from './restore-point-collection';
import type { Snapshot } from './snapshot';
import { readSnapshotDisks } from './snapshot-disks';
import { snapshotGroup } from './snapshot-group';

export interface TakeSnapshotInput {
  ref: VmRef;
  jobId: string;
  os: OsType;
  /** Whether the VM was running when it was inspected. */
  running: boolean;
  consistency: Consistency;
  /** Whether a less consistent snapshot is better than none. */
  fallbackAllowed: boolean;
  /**
   * The first try is 1. A caller that starts anew after a failure counts on, and gets a restore point of
   * another name.
   */
  attempt?: number;
  /** Resource ids of the disks to leave out. */
  excludeDisks?: string[];
  /** The number of disks in the snapshot. */
  diskCount?: number;
  /** An earlier job whose snapshot this one goes on with, if it is there: `canTakeOver` has found it good. */
  takeOver?: string;
  /** Why the caller itself asks for less than its policy does. */
  fallbackReason?: string;
}

interface Memo {
  collection: string;
  /** Whether the VM may have written: it was running at the inspection, or when this step started. */
  running: boolean;
  attempt: number;
  triesOfMode: number;
  crash: boolean;
  fallbackReason?: string;
  /** What kept a snapshot with the help of the guest from being taken. */
  guestFailure?: Failure;
  /** The job whose name the point bears, where that is another one. */
  ofJob?: string;
  /**
   * Whether it is known what the finished point counts as: the VM may be started while its disks are copied.
   */
  weighed?: boolean;
  /** How far the background copies of all disks are, in percent of one. */
  copied?: number;
}

type Context = StageContext<TakeSnapshotInput, Memo>;
type Stage = 'start' | 'create' | 'created' | 'discarded' | 'read' | DiskSnapshotsStage;
type NextStage = Next<Snapshot, unknown, Stage>;

/** How often the background copy of disks is looked at, unless the caller is patient. */
const COPY_LOOK_SECONDS = 60;
/** How often an unfinished point is looked at when the operation itself can no longer be asked. */
const SETTLE_SECONDS = 10;

/**
 * Takes a snapshot of a VM as a restore point, down the consistency ladder as far as the input allows.
 * Idempotent: the points of a job are found by name, and one that exists is waited for, not made again. Disks
 * that are copied in the background are waited for as long as the copy comes further. A point that failed or
 * does not satisfy the input is removed before the step ends or tries again. Fails with the causes of step
 * `snapshot` in the catalogue of failures.
 */
export const takeSnapshot = longRunningStep<TakeSnapshotInput, Snapshot, Stage>({
  step: 'snapshot',
  limitSeconds: 2 * 3600,
  memo: {},
  stages: {
    start,
    create,
    created,
    discarded,
    read,
    snapshotNextDisk,
    diskSnapshotTaken,
    diskSnapshotsCopied,
    clearDiskSnapshot,
    diskSnapshotCleared,
  },
  whenFailed: {
    // The ladder of consistency decides what follows, and how often.
    created: ({ compute, input, memo }: Context, { failure }) => discard(compute, input, memo, failure),
    // It cannot be removed now: the sweep looks after it.
    discarded: (context: StageContext<TakeSnapshotInput, Discarding>) => discarded(context),
  },
});

/** Makes sure of the collection, and adopts what an interrupted run of this step left. */
async function start({ compute, input }: Context): Promise<NextStage> {
  const { ref, jobId, attempt = 1, fallbackReason } = input;
  const { name: collection, points, running } = await openCollection(compute, ref);
  const crash = input.consistency === 'crash';
  const memo: Memo = {
    collection,
    attempt,
    triesOfMode: 1,
    crash,
    fallbackReason,
    running: input.running || running,
  };
  const newestOf = (owner: string, from: number) =>
    points
      .filter((point) => point.jobId === owner && point.attempt >= from)
      .sort((left, right) => right.attempt - left.attempt)[0];
  if (input.takeOver !== undefined) {
    const left = newestOf(input.takeOver, 1);
    if (left) {
      const of = { ofJob: left.jobId, attempt: left.attempt, crash: left.crash };
      return { done: false, stage: 'created', memo: { ...memo, ...of } };
    }
    const ofDisks = await goOnWithDiskSnapshots(compute, input, input.takeOver);
    if (ofDisks) return { done: false, stage: 'diskSnapshotsCopied', memo: ofDisks };
  }
  const newest = newestOf(jobId, attempt);
  if (!newest) return { done: false, stage: 'create', memo };
  return { done: false, stage: 'created', memo: { ...memo, attempt: newest.attempt, crash: newest.crash } };
}

/** What a step knows before it has made anything. */
const ownMemo = ({ attempt = 1, consistency, fallbackReason }: TakeSnapshotInput, memo: Memo): Memo => ({
  collection: memo.collection,
  running: memo.running,
  attempt,
  triesOfMode: 1,
  crash: consistency === 'crash',
  fallbackReason,
});

/** Sends the one request that makes the snapshot. */
async function create({ compute, input, memo }: Context): Promise<NextStage> {
  const { ref, excludeDisks = [] } = input;
  const { restorePoints } = compute.client(ref.subscriptionId);
  const body = {
    // Application consistency is asked for by asking for nothing (REST reference, "Restore Points - Create").
    ...(memo.crash ? { consistencyMode: 'CrashConsistent' } : {}),
    ...(excludeDisks.length > 0 ? { excludeDisks: excludeDisks.map((id) => ({ id })) } : {}),
  };
  try {
    const begun = await begin(ref.subscriptionId, (options) =>
      restorePoints.create(snapshotGroup(compute, ref), memo.collection, pointOf(input, memo), body, options),
    );
    return waitFor(begun, 'created', memo);
  } catch (error) {
    const { failure } = asStepFailure(error, 'snapshot');
    if (failure.code === 'TooManyRequests' || failure.code === 'ComputeUnavailable') throw error;
    return discard(compute, input, memo, failure);
  }
}

/**
 * Looks at what the operation made; the resource itself is the truth, also where a crash lost the operation.
 */
async function created({ compute, input, memo }: Context): Promise<NextStage> {
  const point = await getPoint(compute, input, memo);
  switch (point?.provisioningState) {
    case 'Succeeded':
      return { done: false, stage: 'read', memo };
    case undefined:
      return { done: false, stage: 'create', memo: memo.ofJob === undefined ? memo : ownMemo(input, memo) };
    case 'Failed': {
      const why = point?.instanceView?.statuses?.find((status) => status.level === 'Error')?.message;
      const failed = { code: '', message: why ?? 'The restore point failed.', innerCodes: [] };
      return discard(compute, input, memo, armFailure(failed, 'snapshot').failure);
    }
    default:
      return { done: false, stage: 'created', memo, retryAfterSeconds: SETTLE_SECONDS };
  }
}

type Discarding = Memo & { failure: Failure };

/** Removes the point of a failed try, so that it is neither taken for a good one nor left behind. */
async function discard(
  compute: Compute,
  input: TakeSnapshotInput,
  memo: Memo,
  failure: Failure,
): Promise<NextStage> {
  const { ref } = input;
  const { restorePoints } = compute.client(ref.subscriptionId);
  const next: Discarding = { ...memo, failure };
  const begun = await begin(ref.subscriptionId, (options) =>
    restorePoints.delete(snapshotGroup(compute, ref), memo.collection, pointOf(input, memo), options),
  ).catch((error: unknown) => {
    const { code } = asStepFailure(error, 'snapshot').failure;
    if (code === 'TooManyRequests' || code === 'ComputeUnavailable') throw error;
    // Nothing was made, or it cannot be removed now: the sweep looks after it.
    return { status: 0, body: undefined };
  });
  return waitFor(begun, 'discarded', next);
}

/** Decides how to go on after a failed try. */
async function discarded({
  compute,
  input,
  memo,
}: StageContext<TakeSnapshotInput, Discarding>): Promise<NextStage> {
  const { failure, ofJob: _left, weighed: _weighed, copied: _copied, ...rest } = memo;
  const decision = nextTry({
    failure,
    mode: memo.crash ? 'crash' : 'guest',
    triesOfMode: memo.triesOfMode,
    running: memo.running,
    fallbackAllowed: input.fallbackAllowed,
    diskCount: input.diskCount ?? Number.POSITIVE_INFINITY,
  });
  const attempt = memo.attempt + 1;
  switch (decision.do) {
    case 'retry': {
      const next = { ...rest, attempt, triesOfMode: memo.triesOfMode + 1 };
      return { done: false, stage: 'create', memo: next, retryAfterSeconds: decision.afterSeconds };
    }
    case 'crash': {
      const next = { ...rest, attempt, triesOfMode: 1, crash: true, fallbackReason: decision.reason };
      return { done: false, stage: 'create', memo: { ...next, guestFailure: failure } };
    }
    case 'disk-snapshots': {
      const memo = await planDiskSnapshots(compute, input, decision.reason);
      return { done: false, stage: 'snapshotNextDisk', memo };
    }
    default:
      throw new BackupError(causeOf(failure, memo.guestFailure));
  }
}

/** Where a crash-consistent snapshot was refused as well, the cause is what kept the better one away. */
const causeOf = (failure: Failure, guestFailure: Failure | undefined): Failure =>
  guestFailure === undefined || failure.code !== 'SnapshotRefused'
    ? failure
    : {
        ...guestFailure,
        message: `${guestFailure.message} Nor crash-consistent: ${failure.message}`.slice(0, 1000),
      };

/** Reads the finished snapshot, once its disks are there in full. */
async function read({ compute, input, memo }: Context): Promise<NextStage> {
  const point = await getPoint(compute, input, memo);
  if (!point?.id || !point.timeCreated) {
    throw stepFailure(
      'SnapshotServiceError',
      'snapshot',
      `The restore point ${pointOf(input, memo)} vanished.`,
    );
  }
  // A VM that was off when it was looked at may have been started since; what happens during a copy of hours
  // is another matter.
  const isOld = memo.ofJob !== undefined;
  const running = isOld || memo.running || (memo.weighed !== true && (await mayWriteNow(compute, input.ref)));
  const consistency = reachedConsistency({
    asked: input.consistency,
    reported: point.consistencyMode,
    running,
    os: input.os,
    fallbackReason: memo.fallbackReason,
  });
  if (!input.fallbackAllowed && !satisfies(consistency.reached, input.consistency) && running) {
    const message = `Asked for ${input.consistency}, reached ${consistency.reached}. ${consistency.reason ?? ''}`;
    return discard(
      compute,
      input,
      memo,
      stepFailure('ConsistencyNotReached', 'snapshot', message.trim()).failure,
    );
  }
  const disks = await readSnapshotDisks(compute, point);
  // Ultra and Premium v2 disks are copied in the background; before that ends nothing can be read.
  const copied = disks.reduce((sum, { completionPercent }) => sum + completionPercent, 0);
  if (disks.some((disk) => disk.completionPercent < 100)) {
    const advanced = copied > (memo.copied ?? -1);
    const next: Memo = { ...memo, running, weighed: true, copied };
    return { done: false, stage: 'read', memo: next, retryAfterSeconds: COPY_LOOK_SECONDS, advanced };
  }
  return finished<Snapshot>({
    restorePointId: point.id,
    time: point.timeCreated.toISOString(),
    consistency,
    disks: disks.map(({ completionPercent, ...disk }) => disk),
    copiedInBackground: memo.copied !== undefined || isOld ? true : undefined,
  });
}

async function mayWriteNow(compute: Compute, ref: VmRef): Promise<boolean> {
  const { virtualMachines } = compute.client(ref.subscriptionId);
  const view = await during('snapshot', () => virtualMachines.instanceView(ref.resourceGroup, ref.name));
  return mayWrite(readPowerState(view));
}

const pointOf = ({ jobId }: TakeSnapshotInput, { ofJob = jobId, attempt, crash }: Memo): string =>
  pointName({ jobId: ofJob, attempt, crash });

const getPoint = (
  compute: Compute,
  input: TakeSnapshotInput,
  memo: Memo,
): Promise<RestorePoint | undefined> =>
  findOrUndefined('snapshot', () =>
    compute
      .client(input.ref.subscriptionId)
      .restorePoints.get(snapshotGroup(compute, input.ref), memo.collection, pointOf(input, memo), {
        expand: 'instanceView',
      }),
  );
