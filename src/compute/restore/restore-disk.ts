import type { CreationData, Disk } from '@azure/arm-compute';
import { z } from 'zod';
import { VHD_FOOTER_BYTES } from '../../disks/vhd-footer';
import type { Compute } from '../arm/connection';
import { begin } from '../arm/long-running';
import { allTags, halfMadeTags, isOwn } from '../arm/ownership';
import { parseResourceId, sameResource } from '../arm/resource-id';
import { beginAnew, finished, longRunningStep, type Next, type StageContext, waitFor } from '../arm/step';
import { findOrUndefined, stepFailure } from '../failures/arm-failure';
import { OptionalPart, warningsOf, withoutParts, withoutRefused } from './optional-parts';
import { asDisk } from './sdk-model';

export const CreateRestoreDiskInput = z.object({
  jobId: z.string(),
  subscriptionId: z.string(),
  resourceGroup: z.string(),
  name: z.string(),
  location: z.string(),
  /** In bytes, without the footer; a whole number of MiB, as Azure demands. */
  sizeBytes: z.number(),
  /**
   * A disk of a kept snapshot to make the disk from (instant restore); without it, the disk waits for its
   * bytes.
   */
  sourceId: z.string().optional(),
  /** A disk of that name is taken for this step's own only when it carries all of them. */
  tags: z.record(z.string(), z.string()).optional(),
  /** Everything else of the disk, on the wire; `Standard_LRS` unless it names another `sku`. */
  model: z.record(z.string(), z.unknown()).optional(),
  /** What of the model is left out where Azure refuses it. */
  optional: z.array(OptionalPart).optional(),
});
export type CreateRestoreDiskInput = z.output<typeof CreateRestoreDiskInput>;

interface Memo {
  /** The optional parts that Azure refused. */
  left?: number[];
}
type Context = StageContext<CreateRestoreDiskInput, Memo>;
type Stage = 'start' | 'created' | 'clear' | 'cleared';
/** A disk that is there, and what it came without. */
export interface MadeDisk {
  resourceId: string;
  /** Absent in histories of before. */
  warnings?: string[];
}
type NextStage = Next<MadeDisk, Memo, Stage>;

/**
 * Creates a managed disk: empty and waiting for its bytes, or with those of a kept snapshot. A disk that this
 * job made before is taken as it is; one of this job that Azure failed to make, or that was made of something
 * else, is deleted and made again. Any other disk of that name fails with `RestoreDiskConflict`. Fails with
 * `RestoreQuotaExceeded` and the causes of step `restore`.
 */
export const createRestoreDisk = longRunningStep<CreateRestoreDiskInput, MadeDisk, Stage>({
  step: 'restore',
  limitSeconds: 30 * 60,
  memo: {},
  stages: { start, created, clear, cleared },
});

async function start(context: Context): Promise<NextStage> {
  const { compute, input, memo } = context;
  const known = await getDisk(context);
  if (known && isUnusable(compute, input, known)) return goTo('clear', memo);
  if (known) return adopt(context, known);
  const { disks } = compute.client(input.subscriptionId);
  return withoutRefused(
    { parts: input.optional, left: memo.left, step: 'restore' },
    (left) => goTo('start', { left }),
    async () => {
      const model = modelOf(compute, input, memo.left);
      const begun = await begin(input.subscriptionId, (options) =>
        disks.createOrUpdate(input.resourceGroup, input.name, model, options),
      );
      return waitFor(begun, 'created', memo);
    },
  );
}

const goTo = (stage: Stage, memo: Memo): NextStage => ({ done: false, stage, memo });

async function created(context: Context): Promise<NextStage> {
  const { compute, input, memo } = context;
  const disk = await getDisk(context);
  if (disk && isUnusable(compute, input, disk)) {
    const why = `Azure failed to create the disk ${input.name}.`;
    return beginAnew('start', memo, stepFailure('DiskUploadFailed', 'restore', why));
  }
  if (disk) return adopt(context, disk);
  throw stepFailure('DiskUploadFailed', 'restore', `The disk ${input.name} vanished while it was created.`);
}

/** Deletes what this job made and cannot use; never a disk that is in use. */
async function clear(context: Context): Promise<NextStage> {
  const { compute, input, memo } = context;
  const disk = await getDisk(context);
  if (!disk || !isUnusable(compute, input, disk)) return goTo('start', memo);
  if (disk.managedBy)
    throw stepFailure('RestoreDiskConflict', 'restore', `The disk ${input.name} is in use.`);
  const { disks } = compute.client(input.subscriptionId);
  const begun = await findOrUndefined('restore', () =>
    begin(input.subscriptionId, (options) => disks.delete(input.resourceGroup, input.name, options)),
  );
  return begun ? waitFor(begun, 'cleared', memo) : goTo('start', memo);
}

async function cleared({ memo }: Context): Promise<NextStage> {
  return goTo('start', memo);
}

/**
 * Whether a disk is this job's own and no good: Azure failed to make it, or it was made of a snapshot and the
 * job has gone over to the vault since. Of a disk that is still being made nobody knows yet. Fails with
 * `RestoreDiskConflict` for one of anybody else.
 */
function isUnusable(compute: Compute, input: CreateRestoreDiskInput, disk: Disk): boolean {
  const tagged = Object.entries(input.tags ?? {}).every(([tag, value]) => disk.tags?.[tag] === value);
  const own = tagged && isOwn(compute, disk.tags, input.jobId);
  const ofSnapshot = !input.sourceId && disk.creationData?.sourceResourceId !== undefined;
  if (!own || !(ofSnapshot || isMadeOf(input, disk))) {
    throw stepFailure('RestoreDiskConflict', 'restore', `The disk ${input.name} exists already.`);
  }
  return disk.provisioningState === 'Failed' || (ofSnapshot && disk.provisioningState === 'Succeeded');
}

function isMadeOf(input: CreateRestoreDiskInput, disk: Disk): boolean {
  const { sourceResourceId = '', uploadSizeBytes } = disk.creationData ?? {};
  return input.sourceId
    ? sameResource(sourceResourceId, input.sourceId)
    : uploadSizeBytes === input.sizeBytes + VHD_FOOTER_BYTES;
}

/** Waits for one that is made of something else, too: it can only be deleted once it is there. */
function adopt({ input, memo }: Context, disk: Disk): NextStage {
  if (disk.provisioningState === 'Succeeded') {
    return finished({ resourceId: disk.id ?? '', warnings: warningsOf(input.optional, memo.left) });
  }
  const stage = isMadeOf(input, disk) ? 'created' : 'start';
  return { done: false, stage, memo, retryAfterSeconds: 5 };
}

function modelOf(compute: Compute, input: CreateRestoreDiskInput, left: number[] = []): Disk {
  const disk = asDisk(withoutParts(input.model ?? {}, input.optional, left));
  return {
    ...disk,
    location: input.location,
    sku: disk.sku ?? { name: 'Standard_LRS' },
    tags: allTags(compute, { ...input.tags, ...halfMadeTags(compute, input.jobId, input.name) }, disk.tags),
    creationData: { ...disk.creationData, ...creationOf(input) },
  };
}

const creationOf = ({ sourceId, sizeBytes }: CreateRestoreDiskInput): CreationData => {
  if (!sourceId) return { createOption: 'Upload', uploadSizeBytes: sizeBytes + VHD_FOOTER_BYTES };
  return { createOption: isDiskRestorePoint(sourceId) ? 'Restore' : 'Copy', sourceResourceId: sourceId };
};

const isDiskRestorePoint = (id: string): boolean => parseResourceId(id).type.endsWith('/diskrestorepoints');

const getDisk = ({ compute, input }: Context): Promise<Disk | undefined> =>
  findOrUndefined('restore', () =>
    compute.client(input.subscriptionId).disks.get(input.resourceGroup, input.name),
  );
