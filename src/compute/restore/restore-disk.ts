import type { CreationData, Disk } from '@azure/arm-compute';
import { z } from 'zod';
import type { Compute } from '../arm/connection';
import { begin } from '../arm/long-running';
import { isOwn, ownTags } from '../arm/ownership';
import { parseResourceId, sameResource } from '../arm/resource-id';
import { finished, longRunningStep, type Next, type StageContext, throwIfFailed, waitFor } from '../arm/step';
import { VHD_FOOTER_BYTES } from '../data-plane/vhd-footer';
import { findOrUndefined, stepFailure } from '../failures/arm-failure';

export const CreateRestoreDiskInput = z.object({
  jobId: z.string(),
  subscriptionId: z.string(),
  resourceGroup: z.string(),
  name: z.string(),
  location: z.string(),
  /** In bytes, without the footer; a whole number of MiB, as Azure demands. */
  sizeBytes: z.number(),
  /** A disk of a kept snapshot to make the disk from (instant restore); without it, the disk waits for its bytes. */
  sourceId: z.string().optional(),
  /** Only for OS disks. */
  os: z.enum(['Windows', 'Linux']).optional(),
  /** For example `Premium_LRS`; `Standard_LRS` unless given. */
  sku: z.string().optional(),
  zones: z.array(z.string()).optional(),
  hyperVGeneration: z.string().optional(),
  /** Only for disks with customer-managed keys; by default Azure encrypts with its own. */
  encryption: z.object({ type: z.string().optional(), diskEncryptionSetId: z.string() }).optional(),
  /** A disk of that name is taken for this step's own only when it carries all of them. */
  tags: z.record(z.string(), z.string()).optional(),
});
export type CreateRestoreDiskInput = z.output<typeof CreateRestoreDiskInput>;

type Context = StageContext<CreateRestoreDiskInput, object>;
type NextStage = Next<{ resourceId: string }, object, 'created'>;

/**
 * Creates a managed disk: empty and waiting for its bytes, or with those of a kept snapshot. A disk that this job made before is taken as it is; any other
 * disk of that name fails with `RestoreDiskConflict`. Fails with `RestoreQuotaExceeded` and the causes of step `restore`.
 */
export const createRestoreDisk = longRunningStep<CreateRestoreDiskInput, { resourceId: string }, 'created'>({
  step: 'restore',
  limitSeconds: 30 * 60,
  memo: {},
  stages: { start, created },
});

async function start(context: Context): Promise<NextStage> {
  const { compute, input } = context;
  const known = await getDisk(context);
  if (known) return adopt(compute, input, known);
  const { disks } = compute.client(input.subscriptionId);
  const begun = await begin(input.subscriptionId, (options) =>
    disks.createOrUpdate(input.resourceGroup, input.name, modelOf(compute, input), options),
  );
  return waitFor(begun, 'created', {});
}

async function created(context: Context): Promise<NextStage> {
  throwIfFailed(context.error, 'restore');
  const disk = await getDisk(context);
  if (disk) return adopt(context.compute, context.input, disk);
  throw stepFailure(
    'DiskUploadFailed',
    'restore',
    `The disk ${context.input.name} vanished while it was created.`,
  );
}

function adopt(compute: Compute, input: CreateRestoreDiskInput, disk: Disk): NextStage {
  const { sourceResourceId = '', uploadSizeBytes } = disk.creationData ?? {};
  const same = input.sourceId
    ? sameResource(sourceResourceId, input.sourceId)
    : uploadSizeBytes === input.sizeBytes + VHD_FOOTER_BYTES;
  const tagged = Object.entries(input.tags ?? {}).every(([tag, value]) => disk.tags?.[tag] === value);
  const mine = same && tagged && isOwn(compute, disk.tags, input.jobId);
  if (!mine) throw stepFailure('RestoreDiskConflict', 'restore', `The disk ${input.name} exists already.`);
  if (disk.provisioningState === 'Succeeded') return finished({ resourceId: disk.id ?? '' });
  if (disk.provisioningState === 'Failed') {
    throw stepFailure('DiskUploadFailed', 'restore', `Azure failed to create the disk ${input.name}.`);
  }
  return { done: false, stage: 'created', memo: {}, retryAfterSeconds: 5 };
}

const modelOf = (compute: Compute, input: CreateRestoreDiskInput): Disk => ({
  location: input.location,
  sku: { name: input.sku ?? 'Standard_LRS' },
  zones: input.zones,
  osType: input.os,
  hyperVGeneration: input.hyperVGeneration,
  encryption: input.encryption,
  tags: { ...input.tags, ...ownTags(compute, input.jobId) },
  creationData: creationOf(input),
});

const creationOf = ({ sourceId, sizeBytes }: CreateRestoreDiskInput): CreationData => {
  if (!sourceId) return { createOption: 'Upload', uploadSizeBytes: sizeBytes + VHD_FOOTER_BYTES };
  return { createOption: isDiskRestorePoint(sourceId) ? 'Restore' : 'Copy', sourceResourceId: sourceId };
};

const isDiskRestorePoint = (id: string): boolean => parseResourceId(id).type.endsWith('/diskrestorepoints');

const getDisk = ({ compute, input }: Context): Promise<Disk | undefined> =>
  findOrUndefined('restore', () =>
    compute.client(input.subscriptionId).disks.get(input.resourceGroup, input.name),
  );
