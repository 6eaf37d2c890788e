import type { OrchestrationContext } from 'durable-functions';
import * as df from 'durable-functions';
import type { DiskRestoreResult, RestoreRequest } from '../activities/contract';
import { diskResourceId, type RestoreDiskOrder } from '../backup/restore-orders';
import type { Outcome } from '../failures/failure';
import { callActivity, runOperation, type Steps } from './orchestration/call-activity';
import { diskInstanceId } from './orchestration/instance-ids';
import { finalState, type ProgressReport, reportProgress } from './orchestration/job-progress';

/** Restores the disks of a recovery point to new managed disks, all in parallel. Returns an outcome; never throws. */
df.app.orchestration('restoreDisks', function* restoreDisks(context): Steps<Outcome<unknown>> {
  const request: RestoreRequest = context.df.getInput();
  const progress = reportProgress(context);
  progress.show({ phase: 'prepare', recoveryPoint: request.pointId });
  const results: DiskRestoreResult[] = [];
  const outcome = yield* restoreAll(context, request, progress, results);
  yield* callActivity(context, 'endJob', {
    jobId: request.jobId,
    vmKey: request.vmKey,
    state: finalState(outcome),
    shown: {
      ...progress.shown,
      restoredDisks: outcome.ok
        ? results.flatMap((result) => (result.ok ? [result.restored] : []))
        : undefined,
    },
    disks: results.map(({ disk }) => disk),
    error: outcome.ok ? undefined : outcome.failure,
  });
  return outcome;
});

function* restoreAll(
  context: OrchestrationContext,
  request: RestoreRequest,
  progress: ProgressReport,
  results: DiskRestoreResult[],
): Steps<Outcome<unknown>> {
  const begun = yield* callActivity(context, 'beginJob', request);
  if (!begun.ok) return begun;
  const plan = yield* callActivity(context, 'prepareRestore', request);
  if (!plan.ok) return plan;
  const { disks } = plan.value;
  progress.show({ phase: 'restore', diskIds: disks.map(({ diskId }) => diskId) });
  const children = disks.map((order) =>
    context.df.callSubOrchestrator('restoreDisk', order, diskInstanceId(request.jobId, order.diskId)),
  );
  results.push(...(yield context.df.Task.all(children)));
  const failed = results.find((result) => !result.ok);
  if (!failed) return { ok: true, value: undefined };
  progress.show({ phase: 'discard' });
  yield* discardDisks(context, disks, progress);
  return failed;
}

/** A restore brings all disks or none: half a VM helps nobody, and costs money. */
function* discardDisks(
  context: OrchestrationContext,
  orders: RestoreDiskOrder[],
  progress: ProgressReport,
): Steps<void> {
  for (const { jobId, ...order } of orders) {
    const resourceId = diskResourceId(order);
    const discarded = yield* runOperation(context, 'discardRestoreDisk', { resourceId, jobId });
    if (!discarded.ok) progress.warn(`The disk ${order.name} stays: ${discarded.failure.message}`);
  }
}
