import type { OrchestrationContext } from 'durable-functions';
import * as df from 'durable-functions';
import type { DiskResult } from '../../activities/contract';
import type { DiskTransfer } from '../../backup/run-documents';
import { addMoved, movedOf } from '../../disks/disk-bytes';
import type { Outcome } from '../../failures/failure';
import type { JobDisk } from '../../jobs/job';
import { callActivity, runOperation, type Steps } from '../../orchestration/steps/call-activity';
import { whyWithoutSnapshot } from '../../orchestration/steps/kept-snapshot';
import { PARTS_PER_HISTORY } from '../../orchestration/steps/parts-per-history';
import type { PlannedTransfer, TransferDiskInput } from '../../orchestration/steps/transfer-disks';
import type { DiskSummary } from '../../vault/transfer/complete-disk';

/**
 * One disk of the snapshot into the vault: open its access, plan, transfer part by part, complete, and close
 * the access in every outcome. Returns how it settled; never throws.
 */
df.app.orchestration('transferDisk', function* transferDisk(context): Steps<DiskResult | undefined> {
  const input: TransferDiskInput = context.df.getInput();
  const disk: JobDisk = { ...input.disk, state: 'running' };
  context.df.setCustomStatus(disk);

  const begun: Outcome<PlannedTransfer> = input.planned
    ? { ok: true, value: input.planned }
    : yield* begin(context, input.transfer, disk);
  const copied: Copied = begun.ok ? yield* copyParts(context, begun.value, disk) : begun;
  if ('rest' in copied) {
    context.df.continueAsNew({ ...input, disk, planned: copied.rest });
    return undefined;
  }

  yield* closeAccess(context, input.transfer);
  const settled: DiskResult = copied.ok
    ? { ok: true, disk: { ...disk, state: 'done' }, summary: copied.value }
    : { ok: false, disk: { ...disk, state: 'failed', error: copied.failure }, failure: copied.failure };
  context.df.setCustomStatus(settled.disk);
  return settled;
});

/** What a history came to: the disk settled, or the rest for the next one. */
type Copied = Outcome<DiskSummary> | { rest: PlannedTransfer };

function* begin(
  context: OrchestrationContext,
  asked: DiskTransfer,
  disk: JobDisk,
): Steps<Outcome<PlannedTransfer>> {
  const transfer = yield* openAccess(context, asked, disk);
  if (!transfer.ok) return transfer;
  const plan = yield* callActivity(context, 'planDiskTransfer', transfer.value);
  if (!plan.ok) return plan;
  disk.mode = plan.value.mode;
  disk.reason ??= plan.value.modeReason;
  disk.sizeBytes = plan.value.sizeBytes;
  disk.logicalBytes = plan.value.sizeBytes;
  disk.plannedBytes = plan.value.plannedBytes;
  context.df.setCustomStatus(disk);
  return { ok: true, value: { transfer: transfer.value, parts: plan.value.parts, nextPart: 0 } };
}

/** A kept snapshot that can no longer be opened costs changed-block tracking, not the backup. */
function* openAccess(
  context: OrchestrationContext,
  transfer: DiskTransfer,
  disk: JobDisk,
): Steps<Outcome<DiskTransfer>> {
  disk.reason = transfer.base.reason;
  const opened = yield* runOperation(context, 'openDiskAccess', {
    sourceId: transfer.source.sourceId,
    access: 'Read',
  });
  if (!opened.ok) return opened;
  const { baseSourceId, ...base } = transfer.base;
  if (baseSourceId === undefined) return { ok: true, value: transfer };
  const openedBase = yield* runOperation(context, 'openDiskAccess', {
    sourceId: baseSourceId,
    access: 'Read',
  });
  if (openedBase.ok) return { ok: true, value: transfer };
  disk.reason = `${whyWithoutSnapshot(openedBase.failure)}: the blocks were read and compared`;
  return { ok: true, value: { ...transfer, base } };
}

function* copyParts(
  context: OrchestrationContext,
  { transfer, parts, nextPart }: PlannedTransfer,
  disk: JobDisk,
): Steps<Copied> {
  for (let part = nextPart; part < parts; part++) {
    if (part - nextPart === PARTS_PER_HISTORY) {
      return { rest: { transfer, parts, nextPart: part } };
    }
    context.df.setCustomStatus({ ...disk, part });
    const counts = yield* callActivity(context, 'transferDiskPart', { ...transfer, part });
    if (!counts.ok) return counts;
    addMoved(disk, counts.value);
  }
  const { jobId, diskId } = transfer;
  const completed = yield* callActivity(context, 'completeDiskTransfer', { jobId, diskId });
  // With what completing it took: the job shows what the manifest will say.
  if (completed.ok) Object.assign(disk, movedOf(completed.value.counts));
  return completed;
}

/** Revoking is tried for both sides, whatever became of the other; what stays open expires and is swept. */
function* closeAccess(context: OrchestrationContext, transfer: DiskTransfer): Steps<void> {
  yield* runOperation(context, 'closeDiskAccess', { sourceId: transfer.source.sourceId });
  const { baseSourceId } = transfer.base;
  if (baseSourceId !== undefined) {
    yield* runOperation(context, 'closeDiskAccess', { sourceId: baseSourceId });
  }
}
