import type { OrchestrationContext } from 'durable-functions';
import * as df from 'durable-functions';
import type { DiskRestoreResult, EndJob, RestorePlan, RestoreRequest } from '../activities/contract';
import { diskResourceId, type RestoreDiskOrder } from '../backup/restore-orders';
import type { Outcome } from '../failures/failure';
import { fitMessage } from '../jobs/fit-message';
import { callActivity, runOperation, type Steps } from './orchestration/call-activity';
import { createVm, discardVm } from './orchestration/create-vm';
import { diskInstanceId } from './orchestration/instance-ids';
import { finalState, type ProgressReport, reportProgress } from './orchestration/job-progress';
import { replaceDisks } from './orchestration/replace-disks';

/** What a restore has made or changed. */
export type Restored = Pick<EndJob['shown'], 'restoredDisks' | 'restoredVm' | 'replacedDisks'>;

/**
 * Restores a recovery point: its disks, all in parallel, to new managed disks; then a new VM of them, or in place of those that the VM
 * has. Whatever fails on the way, everything that was made or changed is undone. Returns an outcome; never throws.
 */
df.app.orchestration('restorePoint', function* restorePoint(context): Steps<Outcome<Restored>> {
  const request: RestoreRequest = context.df.getInput();
  const progress = reportProgress(context);
  progress.show({ phase: 'prepare', recoveryPoint: request.pointId });
  const disks: DiskRestoreResult[] = [];
  const outcome = yield* restore(context, request, progress, disks);
  yield* callActivity(context, 'endJob', {
    jobId: request.jobId,
    vmKey: request.vmKey,
    state: finalState(outcome),
    shown: { ...progress.shown, ...(outcome.ok ? outcome.value : {}) },
    disks: fitMessage(disks.map(({ disk }) => disk)),
    error: outcome.ok ? undefined : outcome.failure,
  });
  return outcome;
});

function* restore(
  context: OrchestrationContext,
  request: RestoreRequest,
  progress: ProgressReport,
  results: DiskRestoreResult[],
): Steps<Outcome<Restored>> {
  const begun = yield* callActivity(context, 'beginJob', request);
  if (!begun.ok) return begun;
  const planned = yield* callActivity(context, 'prepareRestore', request);
  if (!planned.ok) return planned;
  const plan = planned.value;
  for (const warning of plan.warnings) progress.warn(warning);

  const outcome = yield* restoreAll(context, request, plan, progress, results);
  if (!outcome.ok) {
    progress.show({ phase: 'discard' });
    if (plan.newVm) yield* discardVm(context, request, plan.newVm, progress);
    yield* discardDisks(context, leftOver(plan.disks, results), progress);
  }
  return outcome;
}

function* restoreAll(
  context: OrchestrationContext,
  request: RestoreRequest,
  { disks: orders, newVm }: RestorePlan,
  progress: ProgressReport,
  results: DiskRestoreResult[],
): Steps<Outcome<Restored>> {
  if (newVm?.makeInterface) {
    progress.show({ phase: 'network' });
    const made = yield* runOperation(context, 'createNetworkInterface', newVm.makeInterface);
    if (!made.ok) return made;
  }
  progress.show({ phase: 'restore', diskIds: orders.map(({ diskId }) => diskId) });
  const children = orders.map((order) =>
    context.df.callSubOrchestrator('restoreDisk', order, diskInstanceId(request.jobId, order.diskId)),
  );
  results.push(...(yield context.df.Task.all(children)));
  const failed = results.find((result) => !result.ok);
  if (failed) return failed;

  const restoredDisks = results.flatMap((result) => (result.ok ? [result.restored] : []));
  const used = yield* useDisks(context, request, newVm, restoredDisks, progress);
  return used.ok ? { ok: true, value: { restoredDisks, ...used.value } } : used;
}

function* useDisks(
  context: OrchestrationContext,
  request: RestoreRequest,
  newVm: RestorePlan['newVm'],
  disks: NonNullable<Restored['restoredDisks']>,
  progress: ProgressReport,
): Steps<Outcome<Restored>> {
  const { to, jobId, pointId } = request;
  if (to.target === 'vm' && newVm) {
    return yield* createVm(context, { jobId, pointId, to, newVm, disks }, progress);
  }
  if (to.target === 'replace') return yield* replaceDisks(context, { pointId, to, disks }, progress);
  return { ok: true, value: {} };
}

/** The new disks that are there: a disk that failed has been discarded where that was possible. */
const leftOver = (orders: RestoreDiskOrder[], results: DiskRestoreResult[]) =>
  orders.filter((_order, index) => {
    const result = results[index];
    return result !== undefined && (result.ok || !result.discarded);
  });

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
