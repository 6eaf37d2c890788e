import type { Consistency } from '../../disks/consistency';
import type { Compute } from '../arm/connection';
import { begin } from '../arm/long-running';
import { VM_TAG } from '../arm/own-names';
import { allTags, isOwn, ownTags } from '../arm/ownership';
import { resourceKey, type VmRef, vmResourceId } from '../arm/resource-id';
import { beginAnew, finished, type Next, type StageContext, waitFor } from '../arm/step';
import { during, findOrUndefined, stepFailure } from '../failures/arm-failure';
import { mayWrite, type OsType, readPowerState } from '../vms/vm-state';
import { reachedConsistency } from './consistency';
import { diskSlots, diskSnapshotName, findDiskSnapshot, heldSince } from './disk-snapshot';
import { findLeftDiskSnapshots } from './left-disk-snapshots';
import { diskSnapshotsId, type Snapshot } from './snapshot';
import { snapshotGroup } from './snapshot-group';

/** Where one incremental snapshot per disk stands; travels in the token. */
export interface DiskSnapshotsMemo {
  /** Why restore points were refused. */
  reason: string;
  /** Whether the VM could write meanwhile: then there is but one disk. */
  running: boolean;
  todo: { diskId: string; lun: number; resourceId: string; location: string; heldSince: string }[];
  done: Snapshot['disks'];
  /** When the first was taken. */
  time?: string;
  /** How far the background copies of all disks are, in percent of one. */
  copied?: number;
  /** The job that took the snapshots, where that is another one. */
  ofJob?: string;
}

export interface DiskSnapshotsInput {
  ref: VmRef;
  jobId: string;
  os: OsType;
  consistency: Consistency;
  excludeDisks?: string[];
}

type Context = StageContext<DiskSnapshotsInput, DiskSnapshotsMemo>;
/** The stages of these snapshots, within the step that takes a snapshot. */
export type DiskSnapshotsStage =
  | 'snapshotNextDisk'
  | 'diskSnapshotTaken'
  | 'diskSnapshotsCopied'
  | 'clearDiskSnapshot'
  | 'diskSnapshotCleared';
type NextStage = Next<Snapshot, DiskSnapshotsMemo, DiskSnapshotsStage>;

/**
 * The last rung: one incremental snapshot per disk, where Azure refuses restore points of the VM. Only for a
 * VM that is off, or that has one disk: snapshots of several disks of a running VM would be of several
 * instants.
 */
export async function planDiskSnapshots(
  compute: Compute,
  { ref, excludeDisks = [] }: DiskSnapshotsInput,
  reason: string,
): Promise<DiskSnapshotsMemo> {
  const { virtualMachines } = compute.client(ref.subscriptionId);
  const vm = await during('snapshot', () =>
    virtualMachines.get(ref.resourceGroup, ref.name, { expand: 'instanceView' }),
  );
  const slots = diskSlots(vm).filter(notAmong(excludeDisks));
  const running = mayWrite(readPowerState(vm.instanceView));
  if (running && slots.length !== 1) {
    throw stepFailure(
      'SnapshotRefused',
      'snapshot',
      `${ref.name} runs and has ${slots.length} disks. ${reason}`,
    );
  }
  const todo = await Promise.all(
    slots.map(async (slot) => ({ ...slot, heldSince: await heldSince(compute, slot) })),
  );
  return { reason, running, todo, done: [] };
}

/** Goes on with the snapshots that an earlier job left of the same disks; undefined where there are none. */
export async function goOnWithDiskSnapshots(
  compute: Compute,
  { ref, excludeDisks = [] }: DiskSnapshotsInput,
  ofJob: string,
): Promise<DiskSnapshotsMemo | undefined> {
  const left = await findLeftDiskSnapshots(compute, ref, ofJob, notAmong(excludeDisks));
  if (!left) return undefined;
  const { disks: done, time, off } = left;
  const reason = 'Azure refused restore points of the VM when its disks were snapshotted.';
  return { reason, running: !off, todo: [], done, time, ofJob };
}

const ownerOf = ({ jobId }: DiskSnapshotsInput, { ofJob = jobId }: DiskSnapshotsMemo): string => ofJob;

function notAmong(excludeDisks: string[]): (disk: { resourceId: string }) => boolean {
  const excluded = new Set(excludeDisks.map(resourceKey));
  return ({ resourceId }) => !excluded.has(resourceKey(resourceId));
}

/** Takes the snapshot of the next disk, or adopts the one that an interrupted run took. */
export async function snapshotNextDisk({ compute, input, memo }: Context): Promise<NextStage> {
  const [disk] = memo.todo;
  if (!disk) return checkStillOff(compute, input, memo);
  const known = await findDiskSnapshot(compute, input.ref, input.jobId, disk.diskId);
  if (known) {
    const stage = known.provisioningState === 'Failed' ? 'clearDiskSnapshot' : 'diskSnapshotTaken';
    return { done: false, stage, memo, retryAfterSeconds: 0 };
  }
  const { ref, jobId } = input;
  const { snapshots } = compute.client(ref.subscriptionId);
  const begun = await begin(ref.subscriptionId, (options) =>
    snapshots.createOrUpdate(
      snapshotGroup(compute, ref),
      diskSnapshotName(jobId, disk.diskId),
      {
        location: disk.location,
        tags: allTags(compute, { ...ownTags(compute, jobId), [VM_TAG]: vmResourceId(ref) }),
        creationData: { createOption: 'Copy', sourceResourceId: disk.resourceId },
        incremental: true,
      },
      options,
    ),
  );
  return waitFor(begun, 'diskSnapshotTaken', memo);
}

/** Notes a finished snapshot. */
export async function diskSnapshotTaken({ compute, input, memo }: Context): Promise<NextStage> {
  const [disk, ...todo] = memo.todo;
  if (!disk) return checkStillOff(compute, input, memo);
  const snapshot = await findDiskSnapshot(compute, input.ref, input.jobId, disk.diskId);
  if (!snapshot || snapshot.provisioningState === 'Failed') {
    const why = `The snapshot of ${disk.diskId} failed.`;
    return beginAnew('snapshotNextDisk', memo, stepFailure('SnapshotServiceError', 'snapshot', why));
  }
  if (snapshot.provisioningState !== 'Succeeded') {
    return { done: false, stage: 'diskSnapshotTaken', memo, retryAfterSeconds: 15 };
  }
  const { id: sourceId = '', incrementalSnapshotFamilyId: familyId = '', timeCreated } = snapshot;
  const uniqueId = snapshot.creationData?.sourceUniqueId ?? '';
  const done = [...memo.done, { diskId: disk.diskId, lun: disk.lun, sourceId, uniqueId, familyId }];
  const time = memo.time ?? timeCreated?.toISOString();
  // Also a snapshot that an interrupted run took is of this instant only if the VM was off ever since.
  const old = disk.heldSince !== '' && (timeCreated?.toISOString() ?? '') < disk.heldSince;
  const unchanged = !old && (await heldSince(compute, disk)) === disk.heldSince;
  if (!memo.running && !unchanged) throw startedMeanwhile(input);
  return { done: false, stage: 'snapshotNextDisk', memo: { ...memo, todo, done, time } };
}

/** Deletes the snapshot of a disk that Azure failed to take, which would stand in the way of the next try. */
export async function clearDiskSnapshot({ compute, input, memo }: Context): Promise<NextStage> {
  const next: NextStage = { done: false, stage: 'snapshotNextDisk', memo };
  const diskId = memo.todo[0]?.diskId ?? '';
  const known = await findDiskSnapshot(compute, input.ref, input.jobId, diskId);
  if (known?.provisioningState !== 'Failed') return next;
  if (!isOwn(compute, known.tags, input.jobId)) {
    throw stepFailure('SnapshotRefused', 'snapshot', `The snapshot ${known.name} is somebody else's.`);
  }
  const { subscriptionId } = input.ref;
  const { snapshots } = compute.client(subscriptionId);
  const group = snapshotGroup(compute, input.ref);
  const begun = await findOrUndefined('snapshot', () =>
    begin(subscriptionId, (options) =>
      snapshots.delete(group, diskSnapshotName(input.jobId, diskId), options),
    ),
  );
  return begun ? waitFor(begun, 'diskSnapshotCleared', memo) : next;
}

export async function diskSnapshotCleared({ memo }: Context): Promise<NextStage> {
  return { done: false, stage: 'snapshotNextDisk', memo };
}

const startedMeanwhile = ({ ref }: DiskSnapshotsInput) =>
  stepFailure(
    'VmChangedDuringSnapshot',
    'snapshot',
    `${ref.name} was started while its disks were snapshotted.`,
  );

/** All are taken: once more, was the VM off? What happens while they are copied is another matter. */
async function checkStillOff(
  compute: Compute,
  input: DiskSnapshotsInput,
  memo: DiskSnapshotsMemo,
): Promise<NextStage> {
  const { ref } = input;
  if (!memo.running) {
    const { virtualMachines } = compute.client(ref.subscriptionId);
    const vm = await during('snapshot', () =>
      virtualMachines.get(ref.resourceGroup, ref.name, { expand: 'instanceView' }),
    );
    if (mayWrite(readPowerState(vm.instanceView))) throw startedMeanwhile(input);
  }
  return { done: false, stage: 'diskSnapshotsCopied', memo };
}

/**
 * Ultra and Premium v2 disks are copied in the background, all at the same time; before that ends nothing can
 * be read.
 */
export async function diskSnapshotsCopied({ compute, input, memo }: Context): Promise<NextStage> {
  const { running, done, time = '', reason } = memo;
  const { ref, os, consistency: asked } = input;
  const percents = await Promise.all(
    done.map(async ({ diskId }) => {
      const snapshot = await findDiskSnapshot(compute, input.ref, ownerOf(input, memo), diskId);
      if (snapshot) return snapshot.completionPercent ?? 100;
      throw stepFailure('SnapshotServiceError', 'snapshot', `The snapshot of ${diskId} vanished.`);
    }),
  );
  if (percents.some((percent) => percent < 100)) {
    const copied = percents.reduce((sum, percent) => sum + percent, 0);
    const advanced = copied > (memo.copied ?? -1);
    const next: DiskSnapshotsMemo = { ...memo, copied };
    return { done: false, stage: 'diskSnapshotsCopied', memo: next, retryAfterSeconds: 60, advanced };
  }
  return finished<Snapshot>({
    restorePointId: diskSnapshotsId(
      { ...ref, resourceGroup: snapshotGroup(compute, ref) },
      ownerOf(input, memo),
    ),
    time,
    consistency: { ...reachedConsistency({ asked, reported: 'CrashConsistent', running, os }), reason },
    disks: done,
    copiedInBackground: memo.copied !== undefined || memo.ofJob !== undefined ? true : undefined,
  });
}
