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

/** What a restore has made beside its disks. */
export type Restored = Pick<EndJob['shown'], 'restoredVm'>;

/**
 * Restores a recovery point: its disks, all in parallel, to new managed disks; then a new VM of them, or in place of those that the VM
 * has. Whatever fails on the way, everything that was made or changed is undone; where that fails, too, with `RestoreNotUndone`, no
 * disk is deleted. Returns an outcome; never throws.
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

  const orders = yield* listOrders(context, request.jobId, plan.diskIds.length);
  const outcome = orders.ok
    ? yield* restoreAll(context, request, { ...plan, orders: orders.value }, progress, results)
    : orders;
  if (!outcome.ok && outcome.failure.code !== 'RestoreNotUndone') {
    progress.show({ phase: 'discard' });
    if (plan.newVm) yield* discardVm(context, request, plan.newVm, progress);
    yield* discardDisks(context, leftOver(orders.ok ? orders.value : [], results), progress);
  }
  return outcome;
}

function* restoreAll(
  context: OrchestrationContext,
  request: RestoreRequest,
  { diskIds, orders, newVm }: RestorePlan & { orders: RestoreDiskOrder[] },
  progress: ProgressReport,
  results: DiskRestoreResult[],
): Steps<Outcome<Restored>> {
  if (newVm?.makeInterface) {
    progress.show({ phase: 'network' });
    const made = yield* runOperation(context, 'createNetworkInterface', newVm.makeInterface);
    if (!made.ok) return made;
  }
  progress.show({ phase: 'restore', diskIds });
  const children = orders.map((order) =>
    context.df.callSubOrchestrator('restoreDisk', order, diskInstanceId(request.jobId, order.diskId)),
  );
  results.push(...(yield context.df.Task.all(children)));
  const failed = results.find((result) => !result.ok);
  if (failed) return failed;

  const { to, jobId, pointId } = request;
  if (to.target === 'vm' && newVm) {
    return yield* createVm(context, { jobId, pointId, to, newVm }, progress);
  }
  const used =
    to.target === 'replace' ? yield* replaceDisks(context, { jobId, pointId, to }, progress) : undefined;
  return used && !used.ok ? used : { ok: true, value: {} };
}

/** How many disks one message tells of, as in a backup. */
const PAGE = 16;

function* listOrders(
  context: OrchestrationContext,
  jobId: string,
  count: number,
): Steps<Outcome<RestoreDiskOrder[]>> {
  const orders: RestoreDiskOrder[] = [];
  for (let from = 0; from < count; from += PAGE) {
    const page = yield* callActivity(context, 'listRestoreOrders', { jobId, from, count: PAGE });
    if (!page.ok) return page;
    orders.push(...page.value.orders);
  }
  return { ok: true, value: orders };
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
