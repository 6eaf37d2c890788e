import type { OrchestrationContext } from 'durable-functions';
import * as df from 'durable-functions';
import type { DiskRestoreResult, RestoreRequest } from '../activities/contract';
import type { Outcome } from '../failures/failure';
import { callActivity, type Steps } from './orchestration/call-activity';
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
      restoredDisks: results.flatMap((result) => (result.ok ? [result.restored] : [])),
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
  return results.find((result) => !result.ok) ?? { ok: true, value: undefined };
}
