import type { OrchestrationContext } from 'durable-functions';
import type { Activities } from '../../activities/contract';
import { secondsAfter } from '../../basics/time';
import { backupError, type Failure, type Outcome } from '../../failures/failure';
import { callActivity, runOperation, type Steps } from './call-activity';
import type { ProgressReport } from './job-progress';

/**
 * Swaps the restored disks in for those that the VM has. Until the last of them is in its place everything can be undone: the disks
 * that were there are put back, and a VM that ran is started again. From then on the restore counts, and a cancellation comes too
 * late. Fails with `RestoreNotUndone` when the old disks could not be put back: then no disk may be deleted.
 */
export function* replaceDisks(
  context: OrchestrationContext,
  order: Activities['planReplacement']['input'],
  progress: ProgressReport,
): Steps<Outcome<unknown>> {
  const { jobId, to } = order;
  progress.show({ phase: 'replace' });
  const planned = yield* callActivity(context, 'planReplacement', order);
  if (!planned.ok) return planned;
  const { vm } = planned.value;
  const off = yield* runOperation(context, 'deallocateVm', { ...vm, runningAllowed: to.deallocate });
  const swapped = off.ok ? yield* runOperation(context, 'swapDisks', { jobId }) : off;
  if (off.ok && !swapped.ok) {
    progress.show({ phase: 'put-back' });
    const back = yield* putBack(context, jobId);
    // A VM with disks of two times is not started.
    if (!back.ok) return { ok: false, failure: notUndone(vm.ref.name, swapped.failure, back.failure) };
  }
  yield* startAgain(context, planned.value, progress);
  return swapped;
}

/** Pauses between the tries to put disks back, together an hour: what stands in the way may pass, or somebody may take it away. */
const PAUSES_SECONDS = [30, 60, 120, 240, 450, 900, 900, 900];

/** No cancellation cuts this short. A VM that is gone is not waited for. */
function* putBack(context: OrchestrationContext, jobId: string): Steps<Outcome<unknown>> {
  for (const seconds of PAUSES_SECONDS) {
    const back = yield* runOperation(context, 'putBackDisks', { jobId });
    if (back.ok || back.failure.code === 'RestoreVmGone') return back;
    yield context.df.createTimer(secondsAfter(context.df.currentUtcDateTime, seconds));
  }
  return yield* runOperation(context, 'putBackDisks', { jobId });
}

const notUndone = (vmName: string, swap: Failure, back: Failure): Failure =>
  backupError(
    'RestoreNotUndone',
    `The disks of ${vmName} could not be swapped (${swap.code}: ${swap.message.slice(0, 400)}), nor all be put back (${back.code}: ${back.message.slice(0, 400)}).`,
  ).failure;

/** The disks are right; a VM that does not start is a matter of its own. */
function* startAgain(
  context: OrchestrationContext,
  { vm, running }: Activities['planReplacement']['output'],
  progress: ProgressReport,
): Steps<void> {
  if (!running) return;
  progress.show({ phase: 'start' });
  const started = yield* runOperation(context, 'startVm', vm);
  if (!started.ok) progress.warn(`The VM ${vm.ref.name} was not started again: ${started.failure.message}`);
}
