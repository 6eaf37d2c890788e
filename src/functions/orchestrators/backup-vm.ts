import type { OrchestrationContext } from 'durable-functions';
import * as df from 'durable-functions';
import type { DiskResult, TakenSnapshot } from '../../activities/contract';
import type { BackupPlan } from '../../backup/prepare-backup';
import type { TakeSnapshotInput } from '../../compute/snapshots/take-snapshot';
import { backupError, type Outcome } from '../../failures/failure';
import type { BackupRequest } from '../../jobs/backup-request';
import { fitMessage } from '../../jobs/fit-message';
import { callActivity, runOperation, type Steps } from '../../orchestration/steps/call-activity';
import { finalState, type ProgressReport, reportProgress } from '../../orchestration/steps/job-progress';
import { prepareGuest, recordGuestChanges } from '../../orchestration/steps/prepare-guest';
import { noteTransfers, transferDisks } from '../../orchestration/steps/transfer-disks';

type BackupOutcome = Outcome<{ pointId: string }>;

/**
 * One backup of one VM, from inspection to recovery point. Never throws; every way out has removed the
 * snapshot that nobody needs, ended the job and let go of the VM.
 */
df.app.orchestration('backupVm', function* backupVm(context): Steps<BackupOutcome> {
  const request: BackupRequest = context.df.getInput();
  const progress = reportProgress(context);
  const disks: DiskResult[] = [];
  const left: LeftSnapshot = {};
  const outcome = yield* backUp(context, request, progress, disks, left);
  yield* callActivity(context, 'endJob', {
    jobId: request.jobId,
    vmKey: request.vmKey,
    state: finalState(outcome),
    policy: request.trigger === 'schedule' ? request.policy : undefined,
    shown: progress.shown,
    disks: fitMessage(disks.map(({ disk }) => disk)),
    error: outcome.ok ? undefined : outcome.failure,
    snapshotForNext: left.ofJob,
  });
  return outcome;
});

/** The job whose snapshot the next backup goes on with; null for none, absent while nothing is known. */
interface LeftSnapshot {
  ofJob?: string | null;
}

function* backUp(
  context: OrchestrationContext,
  request: BackupRequest,
  progress: ProgressReport,
  disks: DiskResult[],
  left: LeftSnapshot,
): Steps<BackupOutcome> {
  progress.show({ phase: 'inspect' });
  const begun = yield* callActivity(context, 'beginJob', request);
  if (!begun.ok) return begun;
  progress.setClock(begun.value.at);
  const plan = yield* callActivity(context, 'prepareBackup', request);
  if (!plan.ok) return plan;
  for (const { name, reason } of plan.value.excluded) {
    if (reason) progress.warn(`The disk ${name} was skipped. ${reason}`);
  }

  progress.show({ phase: 'extension' });
  const guest = yield* prepareGuest(context, request, plan.value, progress);
  if (!guest.ok) return guest;

  progress.show({ phase: 'snapshot' });
  const snapshot = yield* runOperation(context, 'takeSnapshot', snapshotOrder(request, plan.value));
  if (!snapshot.ok) {
    left.ofJob = isOutOfTime(snapshot) ? (plan.value.takeOver ?? request.jobId) : null;
    if (left.ofJob === null) yield* removeHalfMade(context, request, plan.value, progress);
    else progress.warn(SNAPSHOT_STAYS);
    return snapshot;
  }
  left.ofJob = null;
  progress.show({ consistency: snapshot.value.consistency });
  const complete = checkComplete(plan.value, snapshot.value);
  if (!complete.ok) {
    yield* removeSnapshot(context, snapshot.value.restorePointId, progress);
    return complete;
  }
  yield* recordGuestChanges(context, request, guest.value, progress);

  progress.show({ phase: 'transfer', diskIds: snapshot.value.diskIds });
  const transfers = yield* transferDisks(context, request, plan.value, snapshot.value);
  if (!transfers.ok) {
    yield* removeAfter(context, transfers, snapshot.value, left, progress);
    return transfers;
  }
  disks.push(...transfers.value);
  return yield* settle(context, {
    request,
    plan: plan.value,
    snapshot: snapshot.value,
    progress,
    disks,
    left,
  });
}

const isOutOfTime = (outcome: Outcome<unknown>): boolean =>
  !outcome.ok && outcome.failure.code === 'JobTimedOut';

const SNAPSHOT_STAYS =
  'The snapshot stays: the next backup goes on with it, and does not have its disks copied again.';

/** A snapshot that took Azure long to copy outlives a job that has run out of time; any other goes. */
function* removeAfter(
  context: OrchestrationContext,
  failed: Outcome<unknown>,
  { restorePointId, slowCopyOf }: TakenSnapshot,
  left: LeftSnapshot,
  progress: ProgressReport,
): Steps<void> {
  if (slowCopyOf === undefined || !isOutOfTime(failed)) {
    yield* removeSnapshot(context, restorePointId, progress);
    return;
  }
  left.ofJob = slowCopyOf;
  progress.warn(SNAPSHOT_STAYS);
}

/**
 * A disk that the snapshot left out, without anybody having asked for it, must not be missing from a point in
 * silence.
 */
function checkComplete({ disks }: BackupPlan, { diskIds }: TakenSnapshot): Outcome<unknown> {
  const missing = disks.filter(({ diskId }) => !diskIds.includes(diskId));
  if (missing.length === 0) return { ok: true, value: undefined };
  const names = missing.map(({ name }) => name).join(', ');
  return { ok: false, failure: backupError('SnapshotIncomplete', `Not in the snapshot: ${names}.`).failure };
}

interface SettledBackup {
  request: BackupRequest;
  plan: BackupPlan;
  snapshot: TakenSnapshot;
  progress: ProgressReport;
  disks: DiskResult[];
  left: LeftSnapshot;
}

/**
 * What follows once every disk has settled: the snapshot goes (or stays for instant restore), then the point
 * is committed.
 */
function* settle(
  context: OrchestrationContext,
  { request, plan, snapshot, progress, disks, left }: SettledBackup,
): Steps<BackupOutcome> {
  const failed = disks.find((result) => !result.ok);
  const transfers = disks.filter((result) => result.ok);
  const snapshotKept = request.policy.instantRestoreDays > 0;

  progress.show({ phase: 'remove-snapshot' });
  if (failed) {
    yield* removeAfter(context, failed, snapshot, left, progress);
    return failed;
  }
  if (!snapshotKept) yield* removeSnapshot(context, snapshot.restorePointId, progress);

  progress.show({ phase: 'commit' });
  const noted = yield* noteTransfers(context, request.jobId, transfers);
  const committed = noted.ok
    ? yield* callActivity(context, 'commitRecoveryPoint', {
        request,
        pages: noted.value,
        snapshotKept,
        windowsChanges: progress.shown.windowsChanges,
        excludedDisks: plan.excluded.map(({ lun, name, reason }) => ({ lun, name, reason })),
      })
    : noted;
  if (!committed.ok) {
    if (snapshotKept) yield* removeSnapshot(context, snapshot.restorePointId, progress);
    return committed;
  }
  progress.show({ recoveryPoint: committed.value.pointId });
  yield* removeExpiredSnapshots(
    context,
    request,
    snapshotKept ? snapshot.restorePointId : undefined,
    progress,
  );
  return committed;
}

/**
 * A snapshot that will not go does not cost the recovery point: it is a warning, and the sweeper tries again.
 */
function* removeSnapshot(
  context: OrchestrationContext,
  restorePointId: string,
  progress: ProgressReport,
): Steps<void> {
  const removed = yield* runOperation(context, 'removeSnapshot', { restorePointId });
  if (!removed.ok) progress.warn(`${removed.failure.code}: ${removed.failure.message}`);
}

/**
 * A snapshot that was cancelled or failed on the way may be there all the same, and so may the one that was
 * to be gone on with.
 */
function* removeHalfMade(
  context: OrchestrationContext,
  { jobId, ref, vmId }: BackupRequest,
  { takeOver }: BackupPlan,
  progress: ProgressReport,
): Steps<void> {
  for (const owner of takeOver === undefined ? [jobId] : [jobId, takeOver]) {
    const made = yield* callActivity(context, 'listJobSnapshots', { ref, vmId, jobId: owner });
    if (!made.ok) return progress.warn(`${made.failure.code}: ${made.failure.message}`);
    for (const restorePointId of made.value.restorePointIds) {
      yield* removeSnapshot(context, restorePointId, progress);
    }
  }
}

/**
 * Only the newest snapshot is needed as base; older ones stay for as long as the policy wants instant
 * restore.
 */
function* removeExpiredSnapshots(
  context: OrchestrationContext,
  request: BackupRequest,
  newestRestorePointId: string | undefined,
  progress: ProgressReport,
): Steps<void> {
  const expired = yield* callActivity(context, 'listExpiredSnapshots', {
    vmKey: request.vmKey,
    ref: request.ref,
    vmId: request.vmId,
    keepDays: request.policy.instantRestoreDays,
    newestRestorePointId,
  });
  if (!expired.ok) {
    progress.warn(`${expired.failure.code}: ${expired.failure.message}`);
    return;
  }
  for (const restorePointId of expired.value.restorePointIds) {
    yield* removeSnapshot(context, restorePointId, progress);
  }
}

/** The whole ladder of consistency is climbed down inside the step; here is only what the policy asks. */
function snapshotOrder({ jobId, ref, os, policy }: BackupRequest, plan: BackupPlan): TakeSnapshotInput {
  return {
    jobId,
    ref,
    os,
    running: plan.running,
    consistency: policy.consistency.ask,
    fallbackAllowed: policy.consistency.allowFallback,
    diskCount: plan.disks.length,
    takeOver: plan.takeOver,
    excludeDisks: plan.excluded.map(({ resourceId }) => resourceId).filter((id) => id !== ''),
  };
}
