import type { Disk } from '@azure/arm-compute';
import { begin } from '../arm/long-running';
import { isHalfMade, isOwn } from '../arm/ownership';
import { parseResourceId } from '../arm/resource-id';
import { again, finished, longRunningStep, type Next, type StageContext, waitFor } from '../arm/step';
import { revoke } from '../disks/disk-access';
import { openDiskTarget } from '../disks/disk-target';
import { findOrUndefined, stepFailure } from '../failures/arm-failure';

export interface DiscardDiskInput {
  resourceId: string;
  /** The restore that made the disk; a disk of anybody else is refused. */
  jobId: string;
  /** Leaves alone what the job has come to its end with. */
  onlyHalfMade?: boolean;
}

type Context = StageContext<DiscardDiskInput, object>;
type Stage = 'start' | 'revoked' | 'deleted';
type NextStage = Next<{ discarded: boolean }, object, Stage>;

/**
 * Deletes the disk of a restore that did not come to its end; one that is gone is fine (`discarded: false`).
 * Azure lets nobody revoke an upload whose footer is missing, so that is written first. Fails with
 * `RestoreDiskConflict` for a disk that this job did not make or that is in use, and with the causes of step
 * `clean up`.
 */
export const discardRestoreDisk = longRunningStep<DiscardDiskInput, { discarded: boolean }, Stage>({
  step: 'clean up',
  limitSeconds: 3600,
  memo: {},
  stages: { start, revoked: remove, deleted },
});

async function start(context: Context): Promise<NextStage> {
  const { compute, input } = context;
  const disk = await getDisk(context);
  if (!disk) return finished({ discarded: false });
  const isOpen = disk.diskState === 'ActiveUpload' || disk.diskState === 'ReadyToUpload';
  if (input.onlyHalfMade && !isOpen && !isHalfMade(compute, disk, input.jobId)) {
    return finished({ discarded: false });
  }
  const own = isOwn(compute, disk.tags, input.jobId);
  if (!own || disk.managedBy) {
    const why = own ? 'is in use' : `was not made by ${input.jobId}`;
    throw stepFailure('RestoreDiskConflict', 'clean up', `The disk ${disk.name} ${why}.`);
  }
  if (disk.diskState !== 'ActiveUpload') return remove(context);
  const sizeBytes = disk.diskSizeBytes ?? 0;
  await (await openDiskTarget(compute, { diskResourceId: input.resourceId, sizeBytes })).finish();
  const begun = await revoke(compute, input.resourceId);
  return begun ? waitFor(begun, 'revoked', {}) : finished({ discarded: false });
}

async function remove({ compute, input }: Context): Promise<NextStage> {
  const { subscriptionId, resourceGroup, names } = parseResourceId(input.resourceId);
  const { disks } = compute.client(subscriptionId);
  const begun = await findOrUndefined('clean up', () =>
    begin(subscriptionId, (options) => disks.delete(resourceGroup, names[0] ?? '', options)),
  );
  return begun ? waitFor(begun, 'deleted', {}) : finished({ discarded: true });
}

async function deleted({ ended }: Context): Promise<NextStage> {
  return ended ? finished({ discarded: true }) : again('start');
}

const getDisk = ({ compute, input }: Context): Promise<Disk | undefined> =>
  findOrUndefined('clean up', () => {
    const { subscriptionId, resourceGroup, names } = parseResourceId(input.resourceId);
    return compute.client(subscriptionId).disks.get(resourceGroup, names[0] ?? '');
  });
