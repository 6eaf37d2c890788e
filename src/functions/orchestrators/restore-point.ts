import type { OrchestrationContext } from 'durable-functions';
import * as df from 'durable-functions';
import type { EndJob } from '../../activities/contract';
import { diskResourceId } from '../../compute/arm/resource-id';
import type { Outcome } from '../../failures/failure';
import type { DiskDamage } from '../../jobs/disk-damage';
import type { JobDisk } from '../../jobs/job';
import { callActivity, runOperation, type Steps } from '../../orchestration/steps/call-activity';
import { createVm, discardVm, makeInterfaces } from '../../orchestration/steps/create-vm';
import { finalState, type ProgressReport, reportProgress } from '../../orchestration/steps/job-progress';
import { listOrders } from '../../orchestration/steps/list-orders';
import { replaceDisks } from '../../orchestration/steps/replace-disks';
import type { RestorePlan, RestoreRequest } from '../../restore/prepare-restore';
import type { RestoreDiskOrder } from '../../restore/restore-orders';
import { callRestoreDisks } from './restore-disks';

/** What a restore has made beside its disks. */
export type Restored = Pick<EndJob['shown'], 'restoredVm'>;

/** What is there of the disks of a restore. */
interface MadeDisks {
  disks: JobDisk[];
  /** Those that have to be discarded when the restore fails. */
  left: RestoreDiskOrder[];
}

/**
 * Restores a recovery point: its disks, all in parallel, to new managed disks; then a new VM of them, or in
 * place of those that the VM has. Whatever fails on the way, everything that was made or changed is undone;
 * where that fails, too, with `RestoreNotUndone`, no disk is deleted. Returns an outcome; never throws.
 */
df.app.orchestration('restorePoint', function* restorePoint(context): Steps<Outcome<Restored>> {
  const request: RestoreRequest = context.df.getInput();
  const progress = reportProgress(context);
  progress.show({ phase: 'prepare', recoveryPoint: request.pointId });
  const made: MadeDisks = { disks: [], left: [] };
  const outcome = yield* restore(context, request, progress, made);
  yield* callActivity(context, 'endJob', {
    jobId: request.jobId,
    vmKey: request.vmKey,
    state: finalState(outcome),
    shown: { ...progress.shown, ...(outcome.ok ? outcome.value : {}) },
    disks: made.disks,
    error: outcome.ok ? undefined : outcome.failure,
  });
  return outcome;
});

function* restore(
  context: OrchestrationContext,
  request: RestoreRequest,
  progress: ProgressReport,
  made: MadeDisks,
): Steps<Outcome<Restored>> {
  const begun = yield* callActivity(context, 'beginJob', request);
  if (!begun.ok) return begun;
  progress.setClock(begun.value.at);
  const planned = yield* callActivity(context, 'prepareRestore', request);
  if (!planned.ok) return planned;
  const plan = planned.value;
  for (const warning of plan.warnings) progress.warn(warning);

  const orders = yield* listOrders(context, request.jobId, plan.diskIds.length);
  const outcome = orders.ok
    ? yield* restoreAll(context, request, { ...plan, orders: orders.value }, progress, made)
    : orders;
  if (!outcome.ok && outcome.failure.code !== 'RestoreNotUndone') {
    progress.show({ phase: 'discard' });
    if (plan.newVm) yield* discardVm(context, request, plan.newVm, progress);
    yield* discardDisks(context, made.left, progress);
  }
  return outcome;
}

function* restoreAll(
  context: OrchestrationContext,
  request: RestoreRequest,
  { diskIds, orders, newVm }: RestorePlan & { orders: RestoreDiskOrder[] },
  progress: ProgressReport,
  made: MadeDisks,
): Steps<Outcome<Restored>> {
  const { to, jobId, pointId } = request;
  if (newVm) {
    const connected = yield* makeInterfaces(context, { jobId, newVm }, progress);
    if (!connected.ok) return connected;
  }
  progress.show({ phase: 'restore', diskIds });
  made.left = orders;
  const settled = yield* callRestoreDisks(context, { jobId, count: orders.length });
  if (!settled.ok) return settled;
  const { disks, discarded, failure, warnings } = settled.value;
  for (const warning of warnings) progress.warn(warning);
  made.disks = disks;
  made.left = orders.filter(({ diskId }) => !discarded.includes(diskId));
  if (failure) return { ok: false, failure };
  for (const { name, damage } of disks) if (damage) progress.warn(zerosIn(name, damage, jobId));

  if (to.target === 'replace') {
    const { vmKey } = request;
    const { outcome, swapped } = yield* replaceDisks(context, { jobId, vmKey, pointId, to }, progress);
    if (swapped) {
      made.left = [];
      yield* complete(context, jobId, progress);
    }
    return outcome.ok ? { ok: true, value: {} } : outcome;
  }
  const all: Outcome<Restored> =
    to.target === 'vm' && newVm
      ? yield* createVm(context, { jobId, pointId, to, newVm }, progress)
      : { ok: true, value: {} };
  if (!all.ok) return all;
  const committed = yield* callActivity(context, 'commitRestore', { jobId });
  if (!committed.ok) return committed;
  yield* complete(context, jobId, progress);
  return all;
}

/** The restore counts already: what cannot be tagged now, the sweep tags. */
function* complete(context: OrchestrationContext, jobId: string, progress: ProgressReport): Steps<void> {
  progress.show({ phase: 'complete' });
  const tagged = yield* runOperation(context, 'completeRestore', { jobId });
  if (!tagged.ok) progress.warn(`The tag "half-made" stays until the next sweep: ${tagged.failure.message}`);
}

const zerosIn = (disk: string, { bytes, ranges }: DiskDamage, jobId: string): string =>
  `The disk ${disk} holds zeros in ${bytes} bytes (${ranges} ranges) whose content is damaged or missing: GET /api/jobs/${jobId}/damage.`;

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
