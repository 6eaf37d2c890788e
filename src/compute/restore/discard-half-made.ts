import type { Compute } from '../arm/connection';
import type { Operation } from '../arm/operation';
import { parseResourceId, vmRefOf } from '../arm/resource-id';
import { again, finished, longRunningStep, type Next, type StageContext, waitFor } from '../arm/step';
import { discardRestoreDisk } from './discard-disk';
import { discardRestoredVm } from './discard-vm';
import { beginDiscard } from './network-interface';

export interface DiscardHalfMadeInput {
  /** A disk, a network interface or a VM. */
  resourceId: string;
  /** The restore that made it. */
  jobId: string;
}

/**
 * Deletes what a restore made that did not come to its end; what is gone is fine, and so is what that restore
 * has completed meanwhile, or never made: it stays (`discarded: false`). A VM goes without its disks. Fails
 * with `RestoreDiskConflict` for a disk in use, and with the causes of the steps `clean up` and `restore VM`.
 */
export function discardHalfMade(
  compute: Compute,
  { resourceId, jobId }: DiscardHalfMadeInput,
  token?: string,
): Promise<Operation<{ discarded: boolean }>> {
  const { type } = parseResourceId(resourceId);
  if (type === 'virtualmachines') {
    return discardRestoredVm(compute, { jobId, ref: vmRefOf(resourceId), onlyHalfMade: true }, token);
  }
  if (type === 'networkinterfaces') return discardInterface(compute, { resourceId, jobId }, token);
  return discardRestoreDisk(compute, { resourceId, jobId, onlyHalfMade: true }, token);
}

type Context = StageContext<DiscardHalfMadeInput, object>;
type NextStage = Next<{ discarded: boolean }, object, 'start' | 'deleted'>;

const discardInterface = longRunningStep<DiscardHalfMadeInput, { discarded: boolean }, 'deleted'>({
  step: 'restore VM',
  limitSeconds: 3600,
  memo: {},
  stages: { start, deleted },
});

async function start({ compute, input }: Context): Promise<NextStage> {
  const begun = await beginDiscard(compute, input.resourceId, input.jobId, { onlyHalfMade: true });
  return begun ? waitFor(begun, 'deleted', {}) : finished({ discarded: false });
}

async function deleted({ ended }: Context): Promise<NextStage> {
  return ended ? finished({ discarded: true }) : again('start');
}
