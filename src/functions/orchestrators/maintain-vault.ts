import type { OrchestrationContext } from 'durable-functions';
import * as df from 'durable-functions';
import type { BegunMaintenance, CollectedGarbage, MaintenanceRequest } from '../../activities/contract';
import type { Outcome } from '../../failures/failure';
import { type MaintenanceResult, nothingCollected } from '../../jobs/job';
import { callActivity, type Steps } from '../../orchestration/steps/call-activity';
import { finalState, type ProgressReport, reportProgress } from '../../orchestration/steps/job-progress';

const POINTS_SHOWN = 100;
const SKIPS_SHOWN = 20;
const POINTS_VERIFIED = 10;

/** Keeps one history far below 1,000 events, however many VMs there are: a turn of retention adds three. */
const TURNS_PER_HISTORY = 100;

/** Retention for every VM, then garbage collection. Never throws. */
df.app.orchestration('maintainVault', function* maintainVault(context): Steps<Outcome<unknown> | undefined> {
  const request: MaintenanceRequest = context.df.getInput();
  const { jobId, dryRun, begun } = request;
  const progress = reportProgress(context, begun?.shown, begun?.clockAheadMs);
  const retained = yield* retainPoints(context, request, progress);
  if ('rest' in retained) {
    context.df.continueAsNew({ jobId, dryRun, begun: retained.rest });
    return undefined;
  }
  const outcome = retained.ok ? yield* collectGarbage(context, dryRun, retained.value, progress) : retained;
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

/** What a history came to: retention is through, or the rest is for the next one. */
type Retained = Outcome<MaintenanceResult> | { rest: BegunMaintenance };

function* retainPoints(
  context: OrchestrationContext,
  { jobId, dryRun, begun }: MaintenanceRequest,
  progress: ProgressReport,
): Steps<Retained> {
  progress.show({ phase: 'retention' });
  if (!begun) {
    const started = yield* callActivity(context, 'beginJob', { jobId });
    if (!started.ok) return started;
    progress.setClock(started.value.at);
  }
  let result = begun?.result ?? nothingYet(dryRun);
  let afterVm = begun?.afterVm;
  for (let turn = 0; turn < TURNS_PER_HISTORY; turn++) {
    const retained = yield* callActivity(context, 'retainPoints', { dryRun, afterVm });
    if (!retained.ok) return retained;
    const { expired, skipped, nextAfterVm } = retained.value;
    result = {
      ...result,
      expiredPoints: result.expiredPoints + expired.length,
      expired: [...result.expired, ...expired].slice(0, POINTS_SHOWN),
      skipped: [...result.skipped, ...skipped].slice(0, SKIPS_SHOWN),
    };
    progress.show({ maintenance: result });
    if (nextAfterVm === undefined) return { ok: true, value: result };
    afterVm = nextAfterVm;
  }
  const { shown, clockAheadMs } = progress;
  return { rest: { shown, clockAheadMs, result, afterVm: afterVm ?? '' } };
}

const nothingYet = (dryRun: boolean): MaintenanceResult => ({
  dryRun,
  expiredPoints: 0,
  expired: [],
  skipped: [],
  ...nothingCollected(),
});

function* collectGarbage(
  context: OrchestrationContext,
  dryRun: boolean,
  retained: MaintenanceResult,
  progress: ProgressReport,
): Steps<Outcome<unknown>> {
  progress.show({ phase: 'garbage-collection' });
  const collected = yield* callActivity(context, 'collectGarbage', { dryRun });
  if (!collected.ok) return collected;
  const { unreadable, ...result } = collected.value;
  progress.show({ maintenance: { ...retained, ...result } });
  for (const one of unreadable) progress.warn(contentStays(one));
  // What the figures of the vault cost must not cost the maintenance.
  const measured = yield* callActivity(context, 'measureVault', { collected: result, dryRun });
  if (!measured.ok) progress.warn(`The figures of the vault are old: ${measured.failure.message}`);
  return collected;
}

/** One object that cannot be read costs what it may name, not the collection. */
const contentStays = ({ pointId, reason }: CollectedGarbage['unreadable'][number]): string =>
  `What ${pointId} may need stays: ${reason.slice(0, 170)}. Bring it back, or DELETE the point (docs/operations.md).`;

/**
 * Reads a few points back every day, one after the other, as jobs of their own: evidence must not cost the
 * night's backups.
 */
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
      // A verification returns its failures; whatever else happens to one must not cost the others.
      progress.warn(`The verification of ${pointId} ended without an outcome.`);
    }
  }
}
