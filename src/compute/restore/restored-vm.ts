import type { VirtualMachine } from '@azure/arm-compute';
import type { Compute } from '../arm/connection';
import { type Begun, begin } from '../arm/long-running';
import { halfMadeTags, isHalfMade, isOwn } from '../arm/ownership';
import type { VmRef } from '../arm/resource-id';
import {
  again,
  beginAnew,
  finished,
  longRunningStep,
  type Next,
  type StageContext,
  waitFor,
} from '../arm/step';
import { createOrUndefined, findOrUndefined, stepFailure } from '../failures/arm-failure';
import { findVm } from '../vms/find-vm';
import { beginDiscard } from './network-interface';

export interface CreateRestoredVmInput {
  jobId: string;
  ref: VmRef;
  /** The whole VM but for this system's own tags; its disks and its network interface exist already. */
  model: VirtualMachine;
}

/**
 * Creates a VM from disks that exist; Azure starts it. A VM that this job made before is taken as it is, or
 * deleted and made again where Azure failed to make it; its disks stay. Any other VM of that name fails with
 * `RestoreVmConflict`. Fails with `NetworkInterfaceInUse`, `RestoreVmNoCapacity` and the causes of step
 * `restore VM`.
 */
export const createRestoredVm = longRunningStep<CreateRestoredVmInput, { resourceId: string }, CreationStage>(
  {
    step: 'restore VM',
    limitSeconds: 60 * 60,
    memo: {},
    stages: { start: startCreation, created, clear, cleared },
  },
);

type CreationContext = StageContext<CreateRestoredVmInput, object>;
type CreationStage = 'start' | 'created' | 'clear' | 'cleared';
type Creation = Next<{ resourceId: string }, object, CreationStage>;

async function startCreation({ compute, input }: CreationContext): Promise<Creation> {
  const { ref, jobId, model } = input;
  const known = await findVm(compute, ref);
  if (known && isFailed(compute, input, known)) return again('clear');
  if (known) return adopt(known);
  const tags = { ...model.tags, ...halfMadeTags(compute, jobId, ref.name) };
  const { virtualMachines } = compute.client(ref.subscriptionId);
  // Without the condition a VM that somebody made since the look would be changed, tagged, and taken for this
  // job's own.
  const begun = await createOrUndefined('restore VM', () =>
    begin(ref.subscriptionId, (options) =>
      virtualMachines.createOrUpdate(
        ref.resourceGroup,
        ref.name,
        { ...model, tags },
        { ...options, ifNoneMatch: '*' },
      ),
    ),
  );
  return begun ? waitFor(begun, 'created', {}) : again('created');
}

async function created({ compute, input }: CreationContext): Promise<Creation> {
  const vm = await findVm(compute, input.ref);
  if (vm && isFailed(compute, input, vm)) {
    const why = `Azure failed to create the VM ${input.ref.name}.`;
    return beginAnew('start', {}, stepFailure('RestoreVmRefused', 'restore VM', why));
  }
  if (vm) return adopt(vm);
  throw stepFailure(
    'RestoreVmRefused',
    'restore VM',
    `The VM ${input.ref.name} vanished while it was created.`,
  );
}

async function clear({ compute, input }: CreationContext): Promise<Creation> {
  const known = await findVm(compute, input.ref);
  if (!known || !isFailed(compute, input, known)) return again('start');
  const begun = await beginDelete(compute, input);
  return begun ? waitFor(begun, 'cleared', {}) : again('start');
}

async function cleared(): Promise<Creation> {
  return again('start');
}

/** Whether Azure failed to make it. Fails with `RestoreVmConflict` for a VM that this job did not make. */
function isFailed(compute: Compute, { jobId, ref }: CreateRestoredVmInput, vm: VirtualMachine): boolean {
  if (!isOwn(compute, vm.tags, jobId)) {
    throw stepFailure('RestoreVmConflict', 'restore VM', `The VM ${ref.name} exists already.`);
  }
  return vm.provisioningState === 'Failed';
}

function adopt(vm: VirtualMachine): Creation {
  if (vm.provisioningState === 'Succeeded') return finished({ resourceId: vm.id ?? '' });
  return { done: false, stage: 'created', memo: {}, retryAfterSeconds: 10 };
}

export interface DiscardRestoredVmInput {
  jobId: string;
  ref: VmRef;
  /** Goes with the VM if this job made it. */
  networkInterfaceId?: string;
  /** Leaves alone what the job has come to its end with. */
  onlyHalfMade?: boolean;
}

/**
 * Deletes the VM of a restore that did not come to its end, and the network interface that was made for it;
 * its disks stay. What is gone is fine, and what this job did not make is left alone. Fails with the causes
 * of step `restore VM`.
 */
export const discardRestoredVm = longRunningStep<
  DiscardRestoredVmInput,
  { discarded: boolean },
  DiscardStage
>({
  step: 'restore VM',
  limitSeconds: 60 * 60,
  memo: {},
  stages: { start: startDiscard, vmDeleted, networkInterface, deleted },
});

type DiscardContext = StageContext<DiscardRestoredVmInput, object>;
type DiscardStage = 'start' | 'vmDeleted' | 'networkInterface' | 'deleted';
type Discard = Next<{ discarded: boolean }, object, DiscardStage>;

async function startDiscard({ compute, input }: DiscardContext): Promise<Discard> {
  const begun = await beginDelete(compute, input);
  return begun ? waitFor(begun, 'vmDeleted', {}) : again('networkInterface');
}

/** Undefined when there is no VM that this job made. */
async function beginDelete(
  compute: Compute,
  { ref, jobId, onlyHalfMade }: Omit<DiscardRestoredVmInput, 'networkInterfaceId'>,
): Promise<Begun | undefined> {
  const vm = await findVm(compute, ref);
  if (!vm || !isOwn(compute, vm.tags, jobId)) return undefined;
  if (onlyHalfMade && !isHalfMade(compute, { name: ref.name, tags: vm.tags }, jobId)) return undefined;
  const { virtualMachines } = compute.client(ref.subscriptionId);
  return findOrUndefined('restore VM', () =>
    begin(ref.subscriptionId, (options) => virtualMachines.delete(ref.resourceGroup, ref.name, options)),
  );
}

async function vmDeleted({ ended }: DiscardContext): Promise<Discard> {
  return again(ended ? 'networkInterface' : 'start');
}

async function networkInterface({ compute, input }: DiscardContext): Promise<Discard> {
  const { networkInterfaceId, jobId } = input;
  const begun = networkInterfaceId && (await beginDiscard(compute, networkInterfaceId, jobId));
  return begun ? waitFor(begun, 'deleted', {}) : finished({ discarded: true });
}

async function deleted({ ended }: DiscardContext): Promise<Discard> {
  return ended ? finished({ discarded: true }) : again('networkInterface');
}
