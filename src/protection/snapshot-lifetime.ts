import { z } from 'zod';
import { secondsBetween } from '../basics/time';
import type { VmRef } from '../compute/arm/resource-id';
import { listOwnSnapshots, type OwnSnapshot } from '../compute/snapshots/own-snapshots';
import { jobOfSnapshot } from '../compute/snapshots/snapshot';
import { BackupError } from '../failures/failure';
import { isOver } from '../jobs/job';
import { pointIdOf } from '../jobs/job-id';
import { policiesInForce } from '../policies/policies';
import { BackupPolicy } from '../policies/policy';
import { isStorageRefusal } from '../storage/storage-failure';
import type { RecoveryPoint } from '../vault/format/manifest';
import { findPoint, newestPoint } from '../vault/points';
import type { ProtectionServices } from './protection-services';

const DAY_SECONDS = 86_400;

/** So many removals, each with its polls, stay far below 1,000 events of one history. */
const MOST_AT_ONCE = 20;

/**
 * Whether the days of instant restore of a snapshot are over; of one that Azure tells no time of, which is
 * still being made, they are not. Times are ISO 8601 UTC.
 */
export const hasExpired = (takenAt: string, days: number, at: string): boolean =>
  secondsBetween(takenAt, at) >= days * DAY_SECONDS;

/**
 * The snapshots of a VM that nobody needs any more after a backup: the newest is the base of the next one,
 * and older ones stay for their days of instant restore. Of many, the oldest: what is left goes with the next
 * backup, or the next sweep.
 */
export async function expiredSnapshots(
  { compute, store }: Pick<ProtectionServices, 'compute' | 'store'>,
  { ref, vmId, keepDays, newestRestorePointId }: ExpirySearch,
): Promise<OwnSnapshot[]> {
  const now = await store.now();
  const own = await listOwnSnapshots(compute, ref, vmId);
  return own
    .filter(
      ({ restorePointId, time }) =>
        restorePointId !== newestRestorePointId && hasExpired(time, keepDays, now),
    )
    .slice(0, MOST_AT_ONCE);
}

/** Which snapshots a backup asks about: those of the VM with this id. */
export interface ExpirySearch {
  vmKey: string;
  ref: VmRef;
  vmId: string;
  /** Days of instant restore. */
  keepDays: number;
  newestRestorePointId?: string;
}

type KeepServices = Pick<ProtectionServices, 'jobs' | 'policies' | 'protectedVms' | 'vault'>;

/**
 * Whether what a job made in Azure must stay: while the job runs, and then for as long as its recovery point
 * wants its snapshot: for its days of instant restore, and as base of changed-block tracking while it is the
 * newest of a VM that is still backed up.
 */
export async function keepsSnapshot(services: KeepServices, jobId: string, at: string): Promise<boolean> {
  try {
    return await isWanted(services, jobId, at);
  } catch (error) {
    if (!(error instanceof BackupError) || isStorageRefusal(error)) throw error;
    // The record or the point cannot be read: what they may want stays, and the others' leftovers go.
    return true;
  }
}

async function isWanted(services: KeepServices, jobId: string, at: string): Promise<boolean> {
  const job = (await services.jobs.read(jobId))?.value;
  if (!job) return false;
  if (!isOver(job)) return true;
  if (job.kind !== 'backup' || job.vm === undefined) return false;
  if (await isLeftForNext(services, job.vm, jobId, at)) return true;
  const own = await findPoint(services.vault, pointIdOf(job.vm, jobId));
  const point = own ?? (await takenOver(services, job.vm, jobId));
  if (!point?.snapshot) return false;

  const { days, isBackedUp } = await instantRestoreOf(services, point);
  if (!hasExpired(point.snapshotTime, days, at)) return true;
  if (!isBackedUp || days === 0) return false;
  return (await newestPoint(services.vault, job.vm))?.pointId === point.pointId;
}

/** After so long the disks hold too much else for anybody to want the snapshot. */
const LEFT_FOR_DAYS = 7;

/** Whether the next backup goes on with it: Azure was still copying the disks when the job had to end. */
async function isLeftForNext(
  { protectedVms }: Pick<KeepServices, 'protectedVms'>,
  vmKey: string,
  jobId: string,
  at: string,
): Promise<boolean> {
  const vm = (await protectedVms.read(vmKey))?.value;
  const left = vm?.unfinishedSnapshot;
  if (!vm || left?.jobId !== jobId || vm.stopped || vm.orphanedSince) return false;
  return !hasExpired(left.at, LEFT_FOR_DAYS, at);
}

/**
 * The newest point, where its backup went on with the snapshot of this job. Of an older one the vault does
 * without.
 */
async function takenOver(
  { vault }: Pick<KeepServices, 'vault'>,
  vmKey: string,
  jobId: string,
): Promise<RecoveryPoint | undefined> {
  const point = await newestPoint(vault, vmKey);
  const { data } = z.object({ restorePointId: z.string() }).safeParse(point?.snapshot);
  return data && jobOfSnapshot(data.restorePointId) === jobId ? point : undefined;
}

/** By the policy in force; a VM that is no longer backed up keeps what its last policy promised. */
async function instantRestoreOf(
  { policies, protectedVms }: Pick<KeepServices, 'policies' | 'protectedVms'>,
  point: RecoveryPoint,
): Promise<{ days: number; isBackedUp: boolean }> {
  const vm = (await protectedVms.read(point.vmKey))?.value;
  const isBackedUp = vm?.policy !== undefined && !vm.stopped && !vm.orphanedSince;
  const inForce = isBackedUp ? (await policiesInForce(policies)).get(vm.policy ?? '')?.policy : undefined;
  if (inForce) return { days: inForce.instantRestoreDays, isBackedUp };
  const { name: _name, ...recorded } = point.policy ?? {};
  const then = BackupPolicy.safeParse(recorded);
  return { days: then.success ? then.data.instantRestoreDays : 0, isBackedUp };
}
