import { addSeconds, isBefore } from '../basics/time';
import type { Operation } from '../compute/arm/operation';
import { vmResourceId } from '../compute/arm/resource-id';
import { holds, sameDisk, slotsOf, swapDisks } from '../compute/restore/swap-disks';
import { findVm } from '../compute/vms/find-vm';
import { undefinedIfUnreadable } from '../documents/read-document';
import { backupError } from '../failures/failure';
import { isOver, type Job } from '../jobs/job';
import { describeJobId } from '../jobs/job-id';
import { allKept, hasKept } from '../jobs/kept-documents';
import { COMPLETED, REPLACEMENT_NAME } from '../jobs/restore-marks';
import { GRACE_SECONDS } from '../protection/leftovers';
import { owedStartOf, type VmToStart } from '../protection/owed-starts';
import type { ProtectionServices } from '../protection/protection-services';
import { noteUnfinished, withoutUnfinished } from '../protection/unfinished-restores';
import type { Replacement } from './replacement';
import { readReplacement, readRestoredDisks } from './restore-documents';

type SettleServices = Pick<ProtectionServices, 'compute' | 'jobs' | 'protectedVms' | 'store'>;

/** A restore in place that may have left its VM half-changed. */
export interface UnsettledRestore {
  jobId: string;
  vmKey: string;
}

/** Where the search stands: when it began, and the key of the VM that was looked at last. */
export interface SettleSearch {
  at?: string;
  after?: string;
}

/**
 * What there is to do. `keep`: the VM has all its new disks, the restore counts. `undone`: it has those of
 * before, or is gone. `put-back`: something of both, or neither.
 */
export interface RestoreToSettle extends UnsettledRestore {
  /** The VM's, for whatever is said of it. */
  resourceId: string;
  todo: 'keep' | 'undone' | 'put-back';
}

export interface SettledRestore extends UnsettledRestore {
  how: 'keep' | 'undone';
}

interface Log {
  warn(message: string): void;
}

/**
 * The first VM after the key `after` that a restore in place has left half-changed and that nobody holds. Of
 * several restores that left the same VM so the newest comes first: its `before` is what the older one left.
 * Restores whose people were told to decide are settled only by what they did.
 */
export async function nextRestoreToSettle(
  services: SettleServices,
  { at, after = '' }: SettleSearch & { at: string },
  log: Log,
): Promise<RestoreToSettle | undefined> {
  const newest = new Map<string, string>();
  for await (const { jobId, name, lastModified } of allKept(services.store)) {
    const vmKey = vmKeyOf(jobId);
    if (name !== REPLACEMENT_NAME || vmKey <= after) continue;
    if (!isBefore(lastModified, addSeconds(at, -GRACE_SECONDS)) && !(await isRecordedOver(services, jobId)))
      continue;
    newest.set(vmKey, jobId);
  }
  for (const [vmKey, jobId] of [...newest].sort()) {
    try {
      const found = await look(services, { jobId, vmKey }, at);
      if (found) return found;
    } catch (error) {
      // What stands in the way of one VM must not keep the others as they are.
      log.warn(`${vmKey}: ${String(error)}`);
    }
  }
  return undefined;
}

/** Job ids of restores are `STAMP-restore-VM-UNIQUE`. */
const vmKeyOf = (jobId: string): string => describeJobId(jobId).rest.replace(/-[0-9a-f]{6}$/, '');

async function isRecordedOver({ jobs }: SettleServices, jobId: string): Promise<boolean> {
  const job = (await jobs.read(jobId).catch(undefinedIfUnreadable))?.value;
  return job !== undefined && isOver(job);
}

async function look(
  services: SettleServices,
  restore: UnsettledRestore,
  at: string,
): Promise<RestoreToSettle | undefined> {
  const { jobs, protectedVms, store } = services;
  const { jobId, vmKey } = restore;
  const job = (await jobs.read(jobId))?.value;
  if (job && !isOver(job)) return undefined;
  if ((await protectedVms.read(vmKey))?.value.running) return undefined;
  const { vm, present, before, after } = await standOf(services, jobId);
  const found = { ...restore, resourceId: vmResourceId(vm.ref) };
  const counts = (await hasKept(store, jobId, COMPLETED)) || job?.state === 'Succeeded';
  if (counts) return { ...found, todo: 'keep' };
  if (present === undefined) return { ...found, todo: 'undone' };
  if (holds(present, after)) return { ...found, todo: 'keep' };
  if (holds(present, before) || endedInOrder(job)) return { ...found, todo: 'undone' };
  // The record of the VM may be another one by now.
  await noteUnfinished(services, vmKey, jobId, at);
  return job?.error?.code === 'RestoreNotUndone' ? undefined : { ...found, todo: 'put-back' };
}

/** A job that ended by itself has undone what it did; only its last trace has stayed. */
const endedInOrder = (job: Job | undefined): boolean =>
  job !== undefined && job.error?.code !== 'JobInterrupted' && job.error?.code !== 'RestoreNotUndone';

/** What the restore changes, and the disks of the VM as it is now; without them where the VM is gone. */
async function standOf({ compute, store }: Pick<SettleServices, 'compute' | 'store'>, jobId: string) {
  const replacement: Replacement = await readReplacement(store, jobId);
  const now = await findVm(compute, replacement.vm.ref);
  const isSame = now?.vmId === replacement.vm.vmId;
  return { ...replacement, present: now && isSame ? slotsOf(now) : undefined };
}

/**
 * Puts the disks back that the VM had before a restore that died, from wherever that stopped. While the VM
 * runs only what is missing is attached: nobody takes disks from a VM that somebody has started. Stops with
 * `BackupAlreadyRunning` as soon as another job holds the VM. Fails as `swapDisks` does.
 */
export async function putBackLeft(
  services: SettleServices,
  { jobId, vmKey }: UnsettledRestore,
  token?: string,
): Promise<Operation<unknown>> {
  const holder = (await services.protectedVms.read(vmKey))?.value.running?.jobId;
  if (holder !== undefined) throw backupError('BackupAlreadyRunning', `${holder} holds the VM ${vmKey}.`);
  const { vm, before, after, present = [] } = await standOf(services, jobId);
  const isNew = (id: string | undefined) => after.some(({ resourceId }) => sameDisk(resourceId, id));
  const onlyWhenOff = present.some(({ resourceId }) => isNew(resourceId));
  return swapDisks(services.compute, { ...vm, slots: before, from: after, onlyWhenOff }, token);
}

/**
 * Notes that a restore is settled: the VM may be backed up again, and the record of the job says what became
 * of the disks. Returns what is left to do: a start that is owed, what is to be discarded, and what is
 * complete.
 */
export async function endSettling(
  { jobs, protectedVms, store }: SettleServices,
  { jobId, vmKey, how }: SettledRestore,
): Promise<{ start?: VmToStart; discard: string[]; complete: string[] }> {
  const { replaced, vm } = await readReplacement(store, jobId);
  const restored = await readRestoredDisks(store, jobId);
  const names = (disks: { name: string }[]) => disks.map(({ name }) => name).join(', ') || 'none';
  const told =
    how === 'keep'
      ? `The VM ${vm.ref.name} has its restored disks (${names(restored)}); those of before are kept: ${names(replaced)}.`
      : `The VM ${vm.ref.name} has the disks of before (${names(replaced)}); the restored ones are deleted: ${names(restored)}.`;
  const record = await jobs.update(jobId, (job) => {
    if (!job || job.state === 'Succeeded' || job.warnings.includes(told)) return undefined;
    const made = how === 'keep' ? { restoredDisks: restored, replacedDisks: replaced } : {};
    return { ...job, ...made, warnings: [...job.warnings, told] };
  });
  await protectedVms.update(vmKey, (known) =>
    known?.unfinishedRestores ? withoutUnfinished(known, how === 'keep' ? undefined : jobId) : undefined,
  );
  const owed = await owedStartOf(store, vmKey).catch(undefinedIfUnreadable);
  const ids = restored.map(({ resourceId }) => resourceId);
  // Those that the record names belong to people.
  const isNamed = record?.value.restoredDisks !== undefined;
  return {
    start: owed?.jobId === jobId ? { ...owed.vm, vmKey, jobId } : undefined,
    discard: how === 'undone' && !isNamed ? ids : [],
    complete: how === 'keep' ? [...ids, ...replaced.map(({ resourceId }) => resourceId)] : [],
  };
}
