import type { Snapshot as DiskSnapshot, VirtualMachine } from '@azure/arm-compute';
import type { Consistency } from '../../disks/consistency';
import type { Compute } from '../arm/connection';
import { begin } from '../arm/long-running';
import { VM_TAG } from '../arm/own-names';
import { allTags, isOwn, ownTags } from '../arm/ownership';
import { parseResourceId, resourceKey, type VmRef, vmResourceId } from '../arm/resource-id';
import { beginAnew, finished, type Next, type StageContext, waitFor } from '../arm/step';
import { during, findOrUndefined, stepFailure } from '../failures/arm-failure';
import { diskIdOf } from '../vms/discover';
import { mayWrite, type OsType, readPowerState } from '../vms/vm-state';
import { reachedConsistency } from './consistency';
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
  const excluded = new Set(excludeDisks.map(resourceKey));
  const slots = slotsOf(vm).filter(({ resourceId }) => !excluded.has(resourceKey(resourceId)));
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

function slotsOf(vm: VirtualMachine) {
  const { osDisk, dataDisks = [] } = vm.storageProfile ?? {};
  const disks = [...(osDisk ? [{ ...osDisk, lun: -1 }] : []), ...dataDisks];
  return disks
    .flatMap(({ lun, managedDisk }) => {
      const resourceId = managedDisk?.id;
      return resourceId ? [{ diskId: diskIdOf(lun), lun, resourceId, location: vm.location }] : [];
    })
    .sort((left, right) => left.lun - right.lun);
}

/**
 * Changes whenever the disk's VM is started or stopped, so it tells whether a VM that is off was on in
 * between.
 */
async function heldSince(compute: Compute, { resourceId }: { resourceId: string }): Promise<string> {
  const { subscriptionId, resourceGroup, names } = parseResourceId(resourceId);
  const { disks } = compute.client(subscriptionId);
  const disk = await during('snapshot', () => disks.get(resourceGroup, names[0] ?? ''));
  return disk.lastOwnershipUpdateTime?.toISOString() ?? '';
}

/** Takes the snapshot of the next disk, or adopts the one that an interrupted run took. */
export async function snapshotNextDisk({ compute, input, memo }: Context): Promise<NextStage> {
  const [disk] = memo.todo;
  if (!disk) return checkStillOff(compute, input, memo);
  const known = await findSnapshot(compute, input, disk.diskId);
  if (known) {
    const stage = known.provisioningState === 'Failed' ? 'clearDiskSnapshot' : 'diskSnapshotTaken';
    return { done: false, stage, memo, retryAfterSeconds: 0 };
  }
  const { ref, jobId } = input;
  const { snapshots } = compute.client(ref.subscriptionId);
  const begun = await begin(ref.subscriptionId, (options) =>
    snapshots.createOrUpdate(
      snapshotGroup(compute, ref),
      nameOf(input, disk.diskId),
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
  const snapshot = await findSnapshot(compute, input, disk.diskId);
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
  const known = await findSnapshot(compute, input, diskId);
  if (known?.provisioningState !== 'Failed') return next;
  if (!isOwn(compute, known.tags, input.jobId)) {
    throw stepFailure('SnapshotRefused', 'snapshot', `The snapshot ${known.name} is somebody else's.`);
  }
  const { subscriptionId } = input.ref;
  const { snapshots } = compute.client(subscriptionId);
  const group = snapshotGroup(compute, input.ref);
  const begun = await findOrUndefined('snapshot', () =>
    begin(subscriptionId, (options) => snapshots.delete(group, nameOf(input, diskId), options)),
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
  const { ref, jobId, os, consistency: asked } = input;
  const percents = await Promise.all(
    done.map(async ({ diskId }) => {
      const snapshot = await findSnapshot(compute, input, diskId);
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
    restorePointId: diskSnapshotsId({ ...ref, resourceGroup: snapshotGroup(compute, ref) }, jobId),
    time,
    consistency: { ...reachedConsistency({ asked, reported: 'CrashConsistent', running, os }), reason },
    disks: done,
  });
}

const nameOf = ({ jobId }: DiskSnapshotsInput, diskId: string): string => `${jobId}_${diskId}`;

const findSnapshot = (
  compute: Compute,
  input: DiskSnapshotsInput,
  diskId: string,
): Promise<DiskSnapshot | undefined> =>
  findOrUndefined('snapshot', () =>
    compute
      .client(input.ref.subscriptionId)
      .snapshots.get(snapshotGroup(compute, input.ref), nameOf(input, diskId)),
  );
