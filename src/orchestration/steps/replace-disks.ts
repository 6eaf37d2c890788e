import type { OrchestrationContext } from 'durable-functions';
import type { Activities } from '../../activities/contract';
import { backupError, type Failure, type Outcome } from '../../failures/failure';
import { callActivity, runOperation, type Steps } from './call-activity';
import { durableTimer } from './durable-timer';
import type { ProgressReport } from './job-progress';

type ReplaceOrder = Activities['planReplacement']['input'];

/** How a swap ended. */
export interface Replaced {
  outcome: Outcome<unknown>;
  /** Whether the VM has the new disks: then none of them may be discarded, whatever the outcome. */
  swapped: boolean;
}

/**
 * Swaps the restored disks in for those that the VM has. Until the last of them is in its place everything
 * can be undone: the disks that were there are put back. From then on the restore counts, and a cancellation
 * comes too late. A VM that ran is started again in every outcome, unless it was asked to stay off; where
 * that fails, the job fails, and says so before anything else. Fails with `RestoreNotUndone` when the old
 * disks could not be put back: then the VM must not run, and no disk may be deleted.
 */
export function* replaceDisks(
  context: OrchestrationContext,
  order: ReplaceOrder,
  progress: ProgressReport,
): Steps<Replaced> {
  const { jobId, to } = order;
  progress.show({ phase: 'replace' });
  const planned = yield* callActivity(context, 'planReplacement', order);
  if (!planned.ok) return { outcome: planned, swapped: false };
  const { vm } = planned.value;
  const off = yield* runOperation(context, 'deallocateVm', { ...vm, runningAllowed: to.deallocate });
  const swapped = off.ok ? yield* runOperation(context, 'swapDisks', { jobId }) : off;
  if (off.ok && !swapped.ok) {
    progress.show({ phase: 'put-back' });
    const back = yield* putBack(context, jobId);
    if (!back.ok) {
      const failure = notUndone(vm.ref.name, swapped.failure, back.failure);
      return { outcome: { ok: false, failure }, swapped: false };
    }
  }
  const staysOffAsAsked = swapped.ok && to.start === false;
  if (staysOffAsAsked) return { outcome: swapped, swapped: true };
  const started = yield* startAgain(context, order, planned.value, progress);
  const outcome = started.ok ? swapped : staysOff(vm.ref.name, swapped, started.failure);
  return { outcome, swapped: swapped.ok };
}

/**
 * Pauses between the tries to put disks back, together an hour: what stands in the way may pass, or somebody
 * may take it away.
 */
const PUT_BACK_PAUSES = [30, 60, 120, 240, 450, 900, 900, 900];

const putBack = (context: OrchestrationContext, jobId: string): Steps<Outcome<unknown>> =>
  untilDone(context, PUT_BACK_PAUSES, () => runOperation(context, 'putBackDisks', { jobId }));

/** No cancellation cuts this short. A VM that is gone is not waited for. */
function* untilDone(
  context: OrchestrationContext,
  pauses: number[],
  act: () => Steps<Outcome<unknown>>,
): Steps<Outcome<unknown>> {
  for (const seconds of pauses) {
    const outcome = yield* act();
    if (outcome.ok || outcome.failure.code === 'RestoreVmGone') return outcome;
    yield durableTimer(context, seconds);
  }
  return yield* act();
}

const told = ({ code, message }: Failure): string => `${code}: ${message.slice(0, 400)}`;

const notUndone = (vmName: string, swap: Failure, back: Failure): Failure =>
  backupError(
    'RestoreNotUndone',
    `The VM ${vmName} is ${back.code === 'RestoreVmGone' ? 'gone' : 'off'}: its disks could not be swapped (${told(swap)}), nor all be put back (${told(back)}).`,
  ).failure;

/** Pauses between the tries to start a VM, together twenty minutes; the sweep goes on after that. */
const START_PAUSES = [60, 240, 900];

/** Starts a VM that ran, or that an earlier restore has left off. */
function* startAgain(
  context: OrchestrationContext,
  { vmKey, jobId }: ReplaceOrder,
  { vm, running }: Activities['planReplacement']['output'],
  progress: ProgressReport,
): Steps<Outcome<unknown>> {
  if (!running) return { ok: true, value: undefined };
  progress.show({ phase: 'start' });
  const started = yield* untilDone(context, START_PAUSES, () =>
    runOperation(context, 'startVm', { ...vm, vmKey, jobId }),
  );
  if (started.ok || started.failure.code !== 'RestoreVmGone') return started;
  progress.warn(started.failure.message);
  return { ok: true, value: undefined };
}

function staysOff(vmName: string, swapped: Outcome<unknown>, start: Failure): Outcome<never> {
  const isOff = `The VM ${vmName} is off, and did not start again (${told(start)}).`;
  const error = swapped.ok
    ? backupError('RestoredVmNotStarted', `${isOff} Its disks are restored.`)
    : backupError('VmNotStartedAgain', `${isOff} Its disks are those of before: ${told(swapped.failure)}`);
  return { ok: false, failure: error.failure };
}
