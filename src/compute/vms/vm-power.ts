import { z } from 'zod';
import { begin } from '../arm/long-running';
import { VmRef } from '../arm/resource-id';
import { again, finished, longRunningStep, type Next, type StageContext, waitFor } from '../arm/step';
import { stepFailure } from '../failures/arm-failure';
import { findVm } from './find-vm';
import { type PowerState, readPowerState } from './vm-state';

/** A VM that is meant, and no other one that has its name now. */
export const ThisVm = z.object({ ref: VmRef, vmId: z.string() });
export type ThisVm = z.output<typeof ThisVm>;

export interface DeallocateInput extends ThisVm {
  /** Whether a VM that runs may be deallocated; otherwise it fails with `RestoreVmRunning`. */
  runningAllowed: boolean;
}

const POWER_LIMIT_SECONDS = 60 * 60;
const LOOK_AGAIN_SECONDS = 5;

/**
 * Deallocates a VM, if it is not. Fails with `RestoreVmRunning`, `RestoreVmGone` and the causes of step
 * `restore VM`.
 */
export const deallocateVm = longRunningStep<DeallocateInput, { powerState: 'deallocated' }, 'sent'>({
  step: 'restore VM',
  limitSeconds: POWER_LIMIT_SECONDS,
  memo: {},
  stages: { start: deallocate, sent },
});

type PowerStage = 'start' | 'sent';
type DeallocateContext = StageContext<DeallocateInput, object>;
type Deallocated = Next<{ powerState: 'deallocated' }, object, PowerStage>;

async function deallocate({ compute, input }: DeallocateContext): Promise<Deallocated> {
  const { ref, runningAllowed } = input;
  const powerState = await powerStateOf({ compute, input });
  if (powerState === 'deallocated') return finished({ powerState });
  if (powerState === 'deallocating') return lookAgain;
  if (powerState !== 'stopped' && !runningAllowed) {
    throw stepFailure('RestoreVmRunning', 'restore VM', `The VM ${ref.name} is ${powerState}.`);
  }
  const { virtualMachines } = compute.client(ref.subscriptionId);
  const begun = await begin(ref.subscriptionId, (options) =>
    virtualMachines.deallocate(ref.resourceGroup, ref.name, options),
  );
  return waitFor(begun, 'sent', {});
}

/**
 * Starts a VM, if it does not run; one that is being deallocated is waited for. Fails with the causes of step
 * `restore VM`.
 */
export const startVm = longRunningStep<ThisVm, { powerState: 'running' }, 'sent'>({
  step: 'restore VM',
  limitSeconds: POWER_LIMIT_SECONDS,
  memo: {},
  stages: { start, sent },
});

async function start({
  compute,
  input,
}: StageContext<ThisVm, object>): Promise<Next<{ powerState: 'running' }, object, PowerStage>> {
  const { ref } = input;
  const powerState = await powerStateOf({ compute, input });
  if (powerState === 'running') return finished({ powerState });
  if (powerState !== 'deallocated' && powerState !== 'stopped') return lookAgain;
  const { virtualMachines } = compute.client(ref.subscriptionId);
  const begun = await begin(ref.subscriptionId, (options) =>
    virtualMachines.start(ref.resourceGroup, ref.name, options),
  );
  return waitFor(begun, 'sent', {});
}

const lookAgain: Next<never, object, PowerStage> = {
  done: false,
  stage: 'start',
  memo: {},
  retryAfterSeconds: LOOK_AGAIN_SECONDS,
};

/** What was asked for has ended: the VM itself tells whether it is so now. */
async function sent(): Promise<Next<never, object, PowerStage>> {
  return again('start');
}

async function powerStateOf({
  compute,
  input,
}: Pick<StageContext<ThisVm, object>, 'compute' | 'input'>): Promise<PowerState> {
  const vm = await findVm(compute, input.ref);
  if (vm?.vmId !== input.vmId) throw vmGone(input.ref);
  return readPowerState(vm.instanceView);
}

/** The failure of a VM that is not there any more, or was made anew under its name. */
export const vmGone = ({ name }: VmRef) =>
  stepFailure('RestoreVmGone', 'restore VM', `There is no VM ${name} any more that the point is of.`);
