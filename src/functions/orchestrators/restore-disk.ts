import type { OrchestrationContext } from 'durable-functions';
import * as df from 'durable-functions';
import type { DiskRestore, DiskRestoreResult } from '../../activities/contract';
import { diskResourceId } from '../../compute/arm/resource-id';
import type { MadeDisk } from '../../compute/restore/restore-disk';
import type { Outcome } from '../../failures/failure';
import { type JobDisk, untouchedDisk } from '../../jobs/job';
import { callActivity, runOperation, type Steps } from '../../orchestration/steps/call-activity';
import { PARTS_PER_HISTORY } from '../../orchestration/steps/parts-per-history';
import type { RestoreDiskOrder } from '../../restore/restore-orders';

interface RestoreDiskInput extends RestoreDiskOrder {
  /** Present when an earlier history of the same restore has begun it. */
  begun?: BegunRestore;
}

interface BegunRestore {
  restore: DiskRestore;
  disk: JobDisk;
  parts: number;
  nextPart: number;
  /** What the disk came without; absent in histories of before. */
  warnings?: string[];
}

/**
 * One disk of a recovery point to a new managed disk. From the kept snapshot where there is one: Azure makes
 * the disk in seconds. Otherwise from the vault: create it, open it for writing, write it part by part,
 * finish it and close its access. A disk that does not come to its end is discarded at once: Azure closes the
 * access of no disk that lacks its last bytes. Returns how it settled; never throws.
 */
df.app.orchestration('restoreDisk', function* restoreDisk(context): Steps<DiskRestoreResult | undefined> {
  const order: RestoreDiskInput = context.df.getInput();
  const disk = order.begun?.disk ?? untouchedDisk(order, 'running');
  context.df.setCustomStatus(disk);

  if (order.sourceId !== undefined && !order.begun) {
    const made = yield* runOperation(context, 'createRestoreDisk', order);
    if (made.ok) return restored(context, order, disk, made.value);
    disk.reason = `restored from the vault: its snapshot could not be used (${made.failure.message})`;
  }
  const begun: Outcome<BegunRestore> = order.begun
    ? { ok: true, value: order.begun }
    : yield* begin(context, { ...order, sourceId: undefined }, disk);
  if (!begun.ok) return yield* failed(context, order, disk, begun);

  const written = yield* writeParts(context, begun.value, disk);
  if (written.ok && written.value !== 'complete') {
    context.df.continueAsNew({ ...order, begun: { ...begun.value, disk, nextPart: written.value.nextPart } });
    return undefined;
  }
  if (!written.ok) return yield* failed(context, order, disk, written);
  const { resourceId } = begun.value.restore;
  const closed = yield* runOperation(context, 'closeDiskAccess', { sourceId: resourceId });
  // A disk that is still open for writing cannot be attached: it is not restored yet.
  if (!closed.ok) return yield* failed(context, order, disk, closed);
  return restored(context, order, disk, { resourceId, warnings: begun.value.warnings });
});

function restored(
  context: OrchestrationContext,
  { name }: RestoreDiskOrder,
  disk: JobDisk,
  { resourceId, warnings }: MadeDisk,
): DiskRestoreResult {
  disk.state = 'done';
  context.df.setCustomStatus(disk);
  return { ok: true, disk, restored: { diskId: disk.diskId, name, resourceId }, warnings };
}

function* begin(
  context: OrchestrationContext,
  order: RestoreDiskOrder,
  disk: JobDisk,
): Steps<Outcome<BegunRestore>> {
  const created = yield* runOperation(context, 'createRestoreDisk', order);
  if (!created.ok) return created;
  const { resourceId, warnings } = created.value;
  const { jobId, pointId, diskId, sizeBytes } = order;
  const restore: DiskRestore = { jobId, pointId, diskId, resourceId, sizeBytes };
  const opened = yield* runOperation(context, 'openDiskAccess', { sourceId: resourceId, access: 'Write' });
  const plan = opened.ok ? yield* callActivity(context, 'planDiskRestore', restore) : opened;
  if (!plan.ok) return plan;
  disk.plannedBytes = plan.value.bytes;
  context.df.setCustomStatus(disk);
  return { ok: true, value: { restore, disk, parts: plan.value.parts, nextPart: 0, warnings } };
}

function* writeParts(
  context: OrchestrationContext,
  { restore, parts, nextPart }: BegunRestore,
  disk: JobDisk,
): Steps<Outcome<'complete' | { nextPart: number }>> {
  for (let part = nextPart; part < parts; part++) {
    if (part - nextPart === PARTS_PER_HISTORY) return { ok: true, value: { nextPart: part } };
    context.df.setCustomStatus({ ...disk, part });
    const written = yield* callActivity(context, 'restoreDiskPart', { ...restore, part });
    if (!written.ok) return written;
    disk.readBytes += written.value.writtenBytes;
  }
  const finished = yield* callActivity(context, 'finishDiskRestore', restore);
  return finished.ok ? { ok: true, value: 'complete' } : finished;
}

function* failed(
  context: OrchestrationContext,
  { jobId, ...order }: RestoreDiskOrder,
  disk: JobDisk,
  { failure }: Extract<Outcome<unknown>, { ok: false }>,
): Steps<DiskRestoreResult> {
  const resourceId = diskResourceId(order);
  const discarded = yield* runOperation(context, 'discardRestoreDisk', { resourceId, jobId });
  disk.state = 'failed';
  disk.error = failure;
  context.df.setCustomStatus(disk);
  return { ok: false, disk, failure, discarded: discarded.ok };
}
