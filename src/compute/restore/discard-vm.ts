import type { Compute } from '../arm/connection';
import { type Begun, begin } from '../arm/long-running';
import { isHalfMade, isOwn } from '../arm/ownership';
import type { VmRef } from '../arm/resource-id';
import { again, finished, longRunningStep, type Next, type StageContext, waitFor } from '../arm/step';
import { findOrUndefined } from '../failures/arm-failure';
import { findVm } from '../vms/find-vm';
import { beginDiscard } from './network-interface';

export interface DiscardRestoredVmInput {
  jobId: string;
  ref: VmRef;
  /** Go with the VM, those that this job made. */
  networkInterfaceIds?: string[];
  /** Leaves alone what the job has come to its end with. */
  onlyHalfMade?: boolean;
}

/**
 * Deletes the VM of a restore that did not come to its end, and the network interfaces that were made for it;
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

interface DiscardMemo {
  /** How many of the network interfaces are dealt with. */
  interfaces?: number;
}
type DiscardContext = StageContext<DiscardRestoredVmInput, DiscardMemo>;
type DiscardStage = 'start' | 'vmDeleted' | 'networkInterface' | 'deleted';
type Discard = Next<{ discarded: boolean }, DiscardMemo, DiscardStage>;

const nextInterface = (interfaces: number): Discard => ({
  done: false,
  stage: 'networkInterface',
  memo: { interfaces },
});

async function startDiscard({ compute, input }: DiscardContext): Promise<Discard> {
  const begun = await beginDeleteVm(compute, input);
  if (!begun && input.onlyHalfMade) return finished({ discarded: false });
  return begun ? waitFor(begun, 'vmDeleted', {}) : nextInterface(0);
}

async function vmDeleted({ ended }: DiscardContext): Promise<Discard> {
  return ended ? nextInterface(0) : again('start');
}

async function networkInterface({ compute, input, memo }: DiscardContext): Promise<Discard> {
  const { interfaces = 0 } = memo;
  const id = input.networkInterfaceIds?.[interfaces];
  if (id === undefined) return finished({ discarded: true });
  const begun = await beginDiscard(compute, id, input.jobId);
  return begun ? waitFor(begun, 'deleted', memo) : nextInterface(interfaces + 1);
}

async function deleted({ ended, memo }: DiscardContext): Promise<Discard> {
  const { interfaces = 0 } = memo;
  return nextInterface(ended ? interfaces + 1 : interfaces);
}

/** Begins to delete the VM; undefined when there is no VM that this job made. */
export async function beginDeleteVm(
  compute: Compute,
  { ref, jobId, onlyHalfMade }: Omit<DiscardRestoredVmInput, 'networkInterfaceIds'>,
): Promise<Begun | undefined> {
  const vm = await findVm(compute, ref);
  if (!vm || !isOwn(compute, vm.tags, jobId)) return undefined;
  if (onlyHalfMade && !isHalfMade(compute, { name: ref.name, tags: vm.tags }, jobId)) return undefined;
  const { virtualMachines } = compute.client(ref.subscriptionId);
  return findOrUndefined('restore VM', () =>
    begin(ref.subscriptionId, (options) => virtualMachines.delete(ref.resourceGroup, ref.name, options)),
  );
}
