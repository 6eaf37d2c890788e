import type { VirtualMachine } from '@azure/arm-compute';
import type { BackupError } from '../../failures/failure';
import type { Compute } from '../arm/connection';
import { begin } from '../arm/long-running';
import { allTags, halfMadeTags, isOwn } from '../arm/ownership';
import type { VmRef } from '../arm/resource-id';
import { beginAnew, finished, longRunningStep, type Next, type StageContext, waitFor } from '../arm/step';
import { createOrUndefined, stepFailure } from '../failures/arm-failure';
import { findVm } from '../vms/find-vm';
import { beginDeleteVm } from './discard-vm';
import { type OptionalPart, partsAtFault, warningsOf, withoutParts, withoutRefused } from './optional-parts';
import { asVirtualMachine, type Wire } from './sdk-model';

export interface CreateRestoredVmInput {
  jobId: string;
  ref: VmRef;
  /**
   * The whole VM on the wire, but for this system's own tags; its disks and its network interfaces exist
   * already.
   */
  model: Wire;
  /** What of the model is left out where Azure refuses it. */
  optional?: OptionalPart[];
}

/** A VM that is there, and what it came without. */
export interface MadeVm {
  resourceId: string;
  vmId: string;
  /** Absent in histories of before. */
  warnings?: string[];
}

/**
 * Creates a VM from disks that exist, without those of its optional parts that Azure refuses; Azure starts
 * it. A VM that this job made before is taken as it is, or deleted and made again where Azure failed to make
 * it; its disks stay. Any other VM of that name fails with `RestoreVmConflict`. Fails with
 * `NetworkInterfaceInUse`, `RestoreVmNoCapacity` and the causes of step `restore VM`.
 */
export const createRestoredVm = longRunningStep<CreateRestoredVmInput, MadeVm, CreationStage>({
  step: 'restore VM',
  limitSeconds: 60 * 60,
  memo: {},
  stages: { start: startCreation, created, clear, cleared },
  whenFailed: { created: (context: CreationContext, failure) => afterRefusal(context, failure) },
});

interface CreationMemo {
  /** The optional parts that Azure refused. */
  left?: number[];
}
type CreationContext = StageContext<CreateRestoredVmInput, CreationMemo>;
type CreationStage = 'start' | 'created' | 'clear' | 'cleared';
type Creation = Next<MadeVm, CreationMemo, CreationStage>;

const goTo = (stage: CreationStage, memo: CreationMemo): Creation => ({ done: false, stage, memo });

async function startCreation(context: CreationContext): Promise<Creation> {
  const { compute, input, memo } = context;
  const known = await findVm(compute, input.ref);
  if (known && isFailed(compute, input, known)) return goTo('clear', memo);
  if (known) return adopt(context, known);
  return withoutRefused(
    { parts: input.optional, left: memo.left, step: 'restore VM' },
    (left) => goTo('start', { left }),
    () => send(context),
  );
}

async function send({ compute, input, memo }: CreationContext): Promise<Creation> {
  const { ref, jobId } = input;
  const model = asVirtualMachine(withoutParts(input.model, input.optional, memo.left));
  const tags = allTags(compute, halfMadeTags(compute, jobId, ref.name), model.tags);
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
  return begun ? waitFor(begun, 'created', memo) : goTo('created', memo);
}

/** What was half made goes first. */
async function afterRefusal(
  { input, memo }: CreationContext,
  failure: BackupError,
): Promise<Creation | undefined> {
  const left = memo.left ?? [];
  const more = partsAtFault(input.optional ?? [], left, failure.failure);
  return more.length === 0 ? undefined : goTo('clear', { left: [...left, ...more] });
}

async function created(context: CreationContext): Promise<Creation> {
  const { compute, input, memo } = context;
  const vm = await findVm(compute, input.ref);
  if (vm && isFailed(compute, input, vm)) {
    const why = `Azure failed to create the VM ${input.ref.name}.`;
    return beginAnew('start', memo, stepFailure('RestoreVmRefused', 'restore VM', why));
  }
  if (vm) return adopt(context, vm);
  throw stepFailure(
    'RestoreVmRefused',
    'restore VM',
    `The VM ${input.ref.name} vanished while it was created.`,
  );
}

async function clear({ compute, input, memo }: CreationContext): Promise<Creation> {
  const known = await findVm(compute, input.ref);
  if (!known || !isFailed(compute, input, known)) return goTo('start', memo);
  const begun = await beginDeleteVm(compute, input);
  return begun ? waitFor(begun, 'cleared', memo) : goTo('start', memo);
}

async function cleared({ memo }: CreationContext): Promise<Creation> {
  return goTo('start', memo);
}

/** Whether Azure failed to make it. Fails with `RestoreVmConflict` for a VM that this job did not make. */
function isFailed(compute: Compute, { jobId, ref }: CreateRestoredVmInput, vm: VirtualMachine): boolean {
  if (!isOwn(compute, vm.tags, jobId)) {
    throw stepFailure('RestoreVmConflict', 'restore VM', `The VM ${ref.name} exists already.`);
  }
  return vm.provisioningState === 'Failed';
}

function adopt({ input, memo }: CreationContext, vm: VirtualMachine): Creation {
  const { id = '', vmId = '', provisioningState } = vm;
  const warnings = warningsOf(input.optional, memo.left);
  if (provisioningState === 'Succeeded') return finished({ resourceId: id, vmId, warnings });
  return { done: false, stage: 'created', memo, retryAfterSeconds: 10 };
}
