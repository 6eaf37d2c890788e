import type { Disk } from '@azure/arm-compute';
import { findOrUndefined, stepFailure } from './arm-failure';
import { begin } from './long-running';
import { JOB_TAG, OWN_TAG } from './own-names';
import { finished, longRunningStep, type Next, type StageContext, throwIfFailed, waitFor } from './step';
import type { OsType } from './vm-state';

export interface CreateRestoreDiskInput {
  jobId: string;
  subscriptionId: string;
  resourceGroup: string;
  name: string;
  location: string;
  /** In bytes, without the footer; a whole number of MiB, as Azure demands. */
  sizeBytes: number;
  /** Only for OS disks. */
  os?: OsType;
  /** For example `Premium_LRS`; `Standard_LRS` unless given. */
  sku?: string;
  zones?: string[];
  hyperVGeneration?: string;
  tags?: Record<string, string>;
}

type Context = StageContext<CreateRestoreDiskInput, object>;
type NextStage = Next<{ resourceId: string }, object>;

const FOOTER_BYTES = 512;

/**
 * Creates an empty managed disk that waits for its bytes. A disk that this job made before is taken as it is; any other
 * disk of that name fails with `RestoreDiskConflict`. Fails with `RestoreQuotaExceeded` and the causes of step `restore`.
 */
export const createRestoreDisk = longRunningStep<CreateRestoreDiskInput, { resourceId: string }>({
  step: 'restore',
  limitSeconds: 30 * 60,
  memo: {},
  stages: { start, created },
});

async function start(context: Context): Promise<NextStage> {
  const { compute, input } = context;
  const known = await getDisk(context);
  if (known) return adopt(input, known);
  const { disks } = compute.client(input.subscriptionId);
  const begun = await begin(input.subscriptionId, (options) =>
    disks.createOrUpdate(
      input.resourceGroup,
      input.name,
      modelOf(input, compute.settings.installation),
      options,
    ),
  );
  return waitFor(begun, 'created', {});
}

async function created(context: Context): Promise<NextStage> {
  throwIfFailed(context.error, 'restore');
  const disk = await getDisk(context);
  if (disk) return adopt(context.input, disk);
  throw stepFailure(
    'DiskUploadFailed',
    'restore',
    `The disk ${context.input.name} vanished while it was created.`,
  );
}

function adopt(input: CreateRestoreDiskInput, disk: Disk): NextStage {
  const mine =
    disk.tags?.[JOB_TAG] === input.jobId &&
    disk.creationData?.uploadSizeBytes === input.sizeBytes + FOOTER_BYTES;
  if (!mine) throw stepFailure('RestoreDiskConflict', 'restore', `The disk ${input.name} exists already.`);
  if (disk.provisioningState === 'Succeeded') return finished({ resourceId: disk.id ?? '' });
  if (disk.provisioningState === 'Failed') {
    throw stepFailure('DiskUploadFailed', 'restore', `Azure failed to create the disk ${input.name}.`);
  }
  return { done: false, stage: 'created', memo: {}, retryAfterSeconds: 5 };
}

const modelOf = (input: CreateRestoreDiskInput, installation: string): Disk => ({
  location: input.location,
  sku: { name: input.sku ?? 'Standard_LRS' },
  zones: input.zones,
  osType: input.os,
  hyperVGeneration: input.hyperVGeneration,
  tags: { ...input.tags, [OWN_TAG]: installation, [JOB_TAG]: input.jobId },
  creationData: { createOption: 'Upload', uploadSizeBytes: input.sizeBytes + FOOTER_BYTES },
});

const getDisk = ({ compute, input }: Context): Promise<Disk | undefined> =>
  findOrUndefined('restore', () =>
    compute.client(input.subscriptionId).disks.get(input.resourceGroup, input.name),
  );
