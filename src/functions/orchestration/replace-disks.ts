import type { OrchestrationContext } from 'durable-functions';
import type { Activities } from '../../activities/contract';
import type { Outcome } from '../../failures/failure';
import { callActivity, runOperation, type Steps } from './call-activity';
import type { ProgressReport } from './job-progress';

/**
 * Swaps the restored disks in for those that the VM has. Until the last of them is in its place everything can be undone: the disks
 * that were there are put back, and a VM that ran is started again. From then on the restore counts, and a cancellation comes too
 * late.
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
  if (swapped.ok) yield* startAgain(context, planned.value, progress);
  else yield* putBack(context, jobId, planned.value, progress);
  return swapped;
}

type PlannedReplacement = Activities['planReplacement']['output'];

function* putBack(
  context: OrchestrationContext,
  jobId: string,
  replacement: PlannedReplacement,
  progress: ProgressReport,
): Steps<void> {
  const { vm } = replacement;
  progress.show({ phase: 'put-back' });
  const back = yield* runOperation(context, 'putBackDisks', { jobId });
  if (back.ok) yield* startAgain(context, replacement, progress);
  // A VM with disks of two times is not started.
  else {
    progress.warn(
      `The disks of ${vm.ref.name} could not all be put back; none is deleted. ${back.failure.message}`,
    );
  }
}

/** The disks are right; a VM that does not start is a matter of its own. */
function* startAgain(
  context: OrchestrationContext,
  { vm, running }: PlannedReplacement,
  progress: ProgressReport,
): Steps<void> {
  if (!running) return;
  progress.show({ phase: 'start' });
  const started = yield* runOperation(context, 'startVm', vm);
  if (!started.ok) progress.warn(`The VM ${vm.ref.name} was not started again: ${started.failure.message}`);
}
