import type { VirtualMachine } from '@azure/arm-compute';
import type { Compute } from '../arm/connection';
import { begin } from '../arm/long-running';
import { isOwn, ownTags } from '../arm/ownership';
import type { VmRef } from '../arm/resource-id';
import {
  again,
  finished,
  longRunningStep,
  type Next,
  type StageContext,
  throwIfFailed,
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
 * Creates a VM from disks that exist; Azure starts it. A VM that this job made before is taken as it is; any other VM of that name
 * fails with `RestoreVmConflict`. Fails with `NetworkInterfaceInUse`, `RestoreVmNoCapacity` and the causes of step `restore VM`.
 */
export const createRestoredVm = longRunningStep<CreateRestoredVmInput, { resourceId: string }, 'created'>({
  step: 'restore VM',
  limitSeconds: 60 * 60,
  memo: {},
  stages: { start: startCreation, created },
});

type CreationContext = StageContext<CreateRestoredVmInput, object>;
type Creation = Next<{ resourceId: string }, object, 'created'>;

async function startCreation({ compute, input }: CreationContext): Promise<Creation> {
  const { ref, jobId, model } = input;
  const known = await findVm(compute, ref);
  if (known) return adopt(compute, input, known);
  const tags = { ...model.tags, ...ownTags(compute, jobId) };
  const { virtualMachines } = compute.client(ref.subscriptionId);
  // Without the condition a VM that somebody made since the look would be changed, tagged, and taken for this job's own.
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

async function created({ compute, input, error }: CreationContext): Promise<Creation> {
  throwIfFailed(error, 'restore VM');
  const vm = await findVm(compute, input.ref);
  if (vm) return adopt(compute, input, vm);
  throw stepFailure(
    'RestoreVmRefused',
    'restore VM',
    `The VM ${input.ref.name} vanished while it was created.`,
  );
}

function adopt(compute: Compute, { jobId, ref }: CreateRestoredVmInput, vm: VirtualMachine): Creation {
  if (!isOwn(compute, vm.tags, jobId)) {
    throw stepFailure('RestoreVmConflict', 'restore VM', `The VM ${ref.name} exists already.`);
  }
  if (vm.provisioningState === 'Succeeded') return finished({ resourceId: vm.id ?? '' });
  if (vm.provisioningState === 'Failed') {
    throw stepFailure('RestoreVmRefused', 'restore VM', `Azure failed to create the VM ${ref.name}.`);
  }
  return { done: false, stage: 'created', memo: {}, retryAfterSeconds: 10 };
}

export interface DiscardRestoredVmInput {
  jobId: string;
  ref: VmRef;
  /** Goes with the VM if this job made it. */
  networkInterfaceId?: string;
}

/**
 * Deletes the VM of a restore that did not come to its end, and the network interface that was made for it; its disks stay. What
 * is gone is fine, and what this job did not make is left alone. Fails with the causes of step `restore VM`.
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
  const { ref, jobId } = input;
  const vm = await findVm(compute, ref);
  if (!vm || !isOwn(compute, vm.tags, jobId)) return again('networkInterface');
  const { virtualMachines } = compute.client(ref.subscriptionId);
  const begun = await findOrUndefined('restore VM', () =>
    begin(ref.subscriptionId, (options) => virtualMachines.delete(ref.resourceGroup, ref.name, options)),
  );
  return begun ? waitFor(begun, 'vmDeleted', {}) : again('networkInterface');
}

async function vmDeleted({ ended, error }: DiscardContext): Promise<Discard> {
  throwIfFailed(error, 'restore VM');
  return again(ended ? 'networkInterface' : 'start');
}

async function networkInterface({ compute, input }: DiscardContext): Promise<Discard> {
  const { networkInterfaceId, jobId } = input;
  const begun = networkInterfaceId && (await beginDiscard(compute, networkInterfaceId, jobId));
  return begun ? waitFor(begun, 'deleted', {}) : finished({ discarded: true });
}

async function deleted({ ended, error }: DiscardContext): Promise<Discard> {
  throwIfFailed(error, 'restore VM');
  return ended ? finished({ discarded: true }) : again('networkInterface');
}
