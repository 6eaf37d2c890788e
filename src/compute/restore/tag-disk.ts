import { begin } from '../arm/long-running';
import { isOwn } from '../arm/ownership';
import { parseResourceId } from '../arm/resource-id';
import { finished, longRunningStep, type Next, type StageContext, waitFor } from '../arm/step';
import { findOrUndefined, stepFailure } from '../failures/arm-failure';

export interface TagDiskInput {
  resourceId: string;
  /** The restore that made the disk; a disk of anybody else is refused. */
  jobId: string;
  /** What the disk is to say of itself beside the tags that it has. */
  tags: Record<string, string>;
}

type Context = StageContext<TagDiskInput, object>;
type Stage = 'start' | 'tagged';
type NextStage = Next<{ tagged: boolean }, object, Stage>;

/**
 * Gives a restored disk more tags; those that it has stay. Fails with `RestoreDiskConflict` for a disk that
 * this job did not make or that is gone, and with the causes of step `restore`.
 */
export const tagDisk = longRunningStep<TagDiskInput, { tagged: boolean }, Stage>({
  step: 'restore',
  limitSeconds: 30 * 60,
  memo: {},
  stages: { start, tagged },
});

async function start({ compute, input }: Context): Promise<NextStage> {
  const { subscriptionId, resourceGroup, names } = parseResourceId(input.resourceId);
  const { disks } = compute.client(subscriptionId);
  const name = names[0] ?? '';
  const disk = await findOrUndefined('restore', () => disks.get(resourceGroup, name));
  if (!disk || !isOwn(compute, disk.tags, input.jobId)) {
    const why = disk ? `was not made by ${input.jobId}` : 'is gone';
    throw stepFailure('RestoreDiskConflict', 'restore', `The disk ${name} ${why}.`);
  }
  if (Object.entries(input.tags).every(([tag, value]) => disk.tags?.[tag] === value))
    return finished({ tagged: true });
  const tags = { ...disk.tags, ...input.tags };
  const begun = await begin(subscriptionId, (options) =>
    disks.update(resourceGroup, name, { tags }, options),
  );
  return waitFor(begun, 'tagged', {});
}

async function tagged(): Promise<NextStage> {
  return finished({ tagged: true });
}
