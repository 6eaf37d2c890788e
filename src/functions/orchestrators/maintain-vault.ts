import type { OrchestrationContext } from 'durable-functions';
import * as df from 'durable-functions';
import type { MaintenanceRequest } from '../../activities/contract';
import type { Outcome } from '../../failures/failure';
import type { MaintenanceResult } from '../../jobs/job';
import { callActivity, type Steps } from '../../orchestration/steps/call-activity';
import { finalState, type ProgressReport, reportProgress } from '../../orchestration/steps/job-progress';

const POINTS_SHOWN = 100;
const SKIPS_SHOWN = 20;
const POINTS_VERIFIED = 10;

/** Retention for every VM, then garbage collection. Never throws. */
df.app.orchestration('maintainVault', function* maintainVault(context): Steps<Outcome<unknown>> {
  const { jobId, dryRun }: MaintenanceRequest = context.df.getInput();
  const progress = reportProgress(context);
  const outcome = yield* maintain(context, { jobId, dryRun }, progress);
  if (outcome.ok && !dryRun) yield* verifySome(context, jobId, progress);
  yield* callActivity(context, 'endJob', {
    jobId,
    state: finalState(outcome),
    shown: progress.shown,
    disks: [],
    error: outcome.ok ? undefined : outcome.failure,
  });
  return outcome;
});

function* maintain(
  context: OrchestrationContext,
  { jobId, dryRun }: MaintenanceRequest,
  progress: ProgressReport,
): Steps<Outcome<unknown>> {
  progress.show({ phase: 'retention' });
  const begun = yield* callActivity(context, 'beginJob', { jobId });
  if (!begun.ok) return begun;
  const result: MaintenanceResult = {
    dryRun,
    expiredPoints: 0,
    expired: [],
    skipped: [],
    purgedPoints: 0,
    freedBlobs: 0,
    freedBytes: 0,
  };
  let afterVm: string | undefined;
  do {
    const retained = yield* callActivity(context, 'retainPoints', { dryRun, afterVm });
    if (!retained.ok) return retained;
    const { expired, skipped, nextAfterVm } = retained.value;
    result.expiredPoints += expired.length;
    result.expired = [...result.expired, ...expired].slice(0, POINTS_SHOWN);
    result.skipped = [...result.skipped, ...skipped].slice(0, SKIPS_SHOWN);
    progress.show({ maintenance: result });
    afterVm = nextAfterVm;
  } while (afterVm !== undefined);

  progress.show({ phase: 'garbage-collection' });
  const collected = yield* callActivity(context, 'collectGarbage', { dryRun });
  if (!collected.ok) return collected;
  progress.show({ maintenance: { ...result, ...collected.value } });
  return collected;
}

/** Reads a few points back every day, one after the other, as jobs of their own: evidence must not cost the night's backups. */
function* verifySome(context: OrchestrationContext, jobId: string, progress: ProgressReport): Steps<void> {
  progress.show({ phase: 'verification' });
  const unverified = yield* callActivity(context, 'listUnverified', { limit: POINTS_VERIFIED });
  if (!unverified.ok) return progress.warn(`${unverified.failure.code}: ${unverified.failure.message}`);
  for (const pointId of unverified.value.pointIds) {
    const queued = yield* callActivity(context, 'queueVerification', { pointId, scheduledBy: jobId });
    if (!queued.ok) continue;
    try {
      const outcome: Outcome<unknown> = yield context.df.callSubOrchestrator(
        'verifyPoint',
        { jobId: queued.value.jobId, pointId },
        queued.value.jobId,
      );
      if (!outcome.ok) progress.warn(`The recovery point ${pointId}: ${outcome.failure.message}`);
    } catch {
      progress.warn(`The verification of ${pointId} ended without an outcome.`);
    }
  }
}
