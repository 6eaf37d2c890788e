import type { OrchestrationContext } from 'durable-functions';
import type { EndJob, ReplacementOrder } from '../../activities/contract';
import type { Replacement } from '../../backup/replacement';
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
  { pointId, to, disks }: ReplacementOrder,
  progress: ProgressReport,
): Steps<Outcome<Pick<EndJob['shown'], 'replacedDisks'>>> {
  progress.show({ phase: 'replace' });
  const planned = yield* callActivity(context, 'planReplacement', {
    pointId,
    to,
    disks: disks.map(({ diskId, resourceId }) => ({ diskId, resourceId })),
  });
  if (!planned.ok) return planned;
  const { vm, after, replaced } = planned.value;
  const off = yield* runOperation(context, 'deallocateVm', { ...vm, runningAllowed: to.deallocate });
  const swapped = off.ok ? yield* runOperation(context, 'swapDisks', { ...vm, slots: after }) : off;
  if (!swapped.ok) {
    yield* putBack(context, planned.value, progress);
    return swapped;
  }
  yield* startAgain(context, planned.value, progress);
  return { ok: true, value: { replacedDisks: replaced } };
}

function* putBack(
  context: OrchestrationContext,
  replacement: Replacement,
  progress: ProgressReport,
): Steps<void> {
  const { vm, before } = replacement;
  progress.show({ phase: 'put-back' });
  const back = yield* runOperation(context, 'putBackDisks', { ...vm, slots: before });
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
  { vm, running }: Replacement,
  progress: ProgressReport,
): Steps<void> {
  if (!running) return;
  progress.show({ phase: 'start' });
  const started = yield* runOperation(context, 'startVm', vm);
  if (!started.ok) progress.warn(`The VM ${vm.ref.name} was not started again: ${started.failure.message}`);
}
