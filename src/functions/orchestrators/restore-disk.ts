import type { OrchestrationContext } from 'durable-functions';
import * as df from 'durable-functions';
import type { DiskRestore, DiskRestoreResult } from '../../activities/contract';
import { diskResourceId } from '../../compute/arm/resource-id';
import type { MadeDisk } from '../../compute/restore/restore-disk';
import type { Outcome } from '../../failures/failure';
import { damageFailure, diskDamage } from '../../jobs/disk-damage';
import { type JobDisk, untouchedDisk } from '../../jobs/job';
import { callActivity, runOperation, type Steps } from '../../orchestration/steps/call-activity';
import { whyWithoutSnapshot } from '../../orchestration/steps/kept-snapshot';
import { PARTS_PER_HISTORY } from '../../orchestration/steps/parts-per-history';
import type { RestoreDiskOrder } from '../../restore/restore-orders';
import { type DamageCounts, noDamage, sumDamage } from '../../vault/damage/damage';

interface RestoreDiskInput extends RestoreDiskOrder {
  /** Present when an earlier history of the same restore has begun it. */
  begun?: BegunRestore;
}

interface BegunRestore {
  restore: DiskRestore;
  disk: JobDisk;
  parts: number;
  nextPart: number;
  /** What was found damaged so far. */
  damage: DamageCounts;
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
  disk.from ??= order.sourceId === undefined ? 'vault' : 'snapshot';
  context.df.setCustomStatus(disk);

  if (order.sourceId !== undefined && !order.begun) {
    const made = yield* runOperation(context, 'createRestoreDisk', order);
    if (made.ok) return restored(context, order, disk, made.value);
    disk.from = 'vault';
    disk.reason = `restored from the vault: ${whyWithoutSnapshot(made.failure)}`;
  }
  const begun: Outcome<BegunRestore> = order.begun
    ? { ok: true, value: order.begun }
    : yield* begin(context, { ...order, sourceId: undefined }, disk);
  if (!begun.ok) return yield* failed(context, order, disk, begun);

  const written = yield* writeParts(context, begun.value, order);
  if (!written.ok) return yield* failed(context, order, disk, written);
  if (typeof written.value === 'object') {
    context.df.continueAsNew({ ...order, begun: { ...begun.value, disk, nextPart: written.value.nextPart } });
    return undefined;
  }
  if (written.value === 'damaged') {
    const { damage } = begun.value;
    const failure = damageFailure(order.jobId, [{ name: order.name, damage }]);
    return { ...(yield* failed(context, order, disk, { ok: false, failure })), damage };
  }
  const finished = yield* finish(context, begun.value);
  const { restore, warnings } = begun.value;
  return finished.ok
    ? restored(context, order, disk, { resourceId: restore.resourceId, warnings })
    : yield* failed(context, order, disk, finished);
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
  const begun = { restore, disk, parts: plan.value.parts, nextPart: 0, damage: noDamage(), warnings };
  return { ok: true, value: begun };
}

/**
 * Writes the disk part by part; after damage that may not be skipped, the other parts are only read, so that
 * the refusal names every range.
 */
function* writeParts(
  context: OrchestrationContext,
  begun: BegunRestore,
  { skipDamage = false }: RestoreDiskOrder,
): Steps<Outcome<'complete' | 'damaged' | { nextPart: number }>> {
  const { restore, disk, parts, nextPart } = begun;
  for (let part = nextPart; part < parts; part++) {
    if (part - nextPart === PARTS_PER_HISTORY) return { ok: true, value: { nextPart: part } };
    context.df.setCustomStatus({ ...disk, part });
    const read = yield* isRefused(begun, skipDamage)
      ? readPart(context, restore, part)
      : callActivity(context, 'restoreDiskPart', { ...restore, part });
    if (!read.ok) return read;
    disk.readBytes += read.value.readBytes;
    begun.damage = sumDamage(begun.damage, read.value);
    disk.damage = diskDamage(begun.damage);
  }
  return { ok: true, value: isRefused(begun, skipDamage) ? 'damaged' : 'complete' };
}

const isRefused = ({ damage }: BegunRestore, skipDamage: boolean): boolean =>
  damage.damagedRanges > 0 && !skipDamage;

function* readPart(
  context: OrchestrationContext,
  { jobId, pointId, diskId }: DiskRestore,
  part: number,
): Steps<Outcome<{ readBytes: number } & DamageCounts>> {
  const read = yield* callActivity(context, 'verifyDiskPart', { jobId, pointId, diskId, part });
  if (!read.ok) return read;
  const { checkedBytes, damagedBytes } = read.value;
  return { ok: true, value: { ...read.value, readBytes: checkedBytes + damagedBytes } };
}

/** A disk that holds zeros instead of damaged content says so itself, or is no restored disk. */
function* finish(context: OrchestrationContext, { restore, damage }: BegunRestore): Steps<Outcome<unknown>> {
  const finished = yield* callActivity(context, 'finishDiskRestore', restore);
  if (!finished.ok) return finished;
  // A disk that is still open for writing cannot be attached: it is not restored yet.
  const closed = yield* runOperation(context, 'closeDiskAccess', { sourceId: restore.resourceId });
  if (!closed.ok || damage.damagedRanges === 0) return closed;
  return yield* runOperation(context, 'tagDamagedDisk', restore);
}

function* failed(
  context: OrchestrationContext,
  { jobId, ...order }: RestoreDiskOrder,
  disk: JobDisk,
  { failure }: Extract<Outcome<unknown>, { ok: false }>,
): Steps<Extract<DiskRestoreResult, { ok: false }>> {
  const resourceId = diskResourceId(order);
  const discarded = yield* runOperation(context, 'discardRestoreDisk', { resourceId, jobId });
  disk.state = 'failed';
  disk.error = failure;
  context.df.setCustomStatus(disk);
  return { ok: false, disk, failure, discarded: discarded.ok };
}
