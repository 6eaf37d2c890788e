import type { BackupRequest } from '../jobs/backup-request';
import type { Job } from '../jobs/job';
import type { BackupPolicy } from '../policies/policy';
import { isDue } from './due';
import type { ProtectedVm } from './protected-vm';
import type { ProtectionServices } from './protection-services';

type ClaimServices = Pick<ProtectionServices, 'protectedVms' | 'jobs'>;

export interface ClaimOrder {
  vm: ProtectedVm;
  jobId: string;
  policyName: string;
  policy: BackupPolicy;
  now: string;
  /** Present for a due backup: claims the due time together with the VM. */
  schedule?: { dueAt: string; scheduledBy: string };
  /** Until when an on-demand backup's point is kept at least. */
  retainUntil?: string;
}

/**
 * Claims a VM for one backup job and records the job as queued. The claim is one conditional write, so that
 * of two claimants one wins; the same job may claim again, which changes nothing. A backup that is not due
 * any more by the record itself is not claimed. Returns the id of the job that holds the VM when that is
 * another.
 */
export async function claimBackup(
  { protectedVms, jobs }: ClaimServices,
  order: ClaimOrder,
): Promise<{ request: BackupRequest } | { heldBy: string | undefined }> {
  const { vm, jobId, policyName, now, schedule } = order;
  const claimed = await protectedVms.update(vm.key, (current = vm) => {
    if (current.running) return undefined;
    if (schedule && !isDue(current, policyName, schedule.dueAt)) return undefined;
    const lastRun = schedule ? { ...schedule, jobId } : current.lastRun;
    return { ...current, running: { jobId, since: now }, lastRun };
  });
  const holder = claimed?.value.running?.jobId;
  // Several schedulers name the same job for one due time: who wrote the claim has it.
  const byAnother = schedule && claimed?.value.lastRun?.scheduledBy !== schedule.scheduledBy;
  if (holder !== jobId || byAnother) return { heldBy: holder };
  await jobs.create(jobId, queuedBackup(order));
  return { request: requestOf(order) };
}

/** What the orchestrator of a claimed backup is given. */
export function requestOf({
  vm,
  jobId,
  policyName,
  policy,
  retainUntil,
  schedule,
}: ClaimOrder): BackupRequest {
  const { key: vmKey, vmId, ref, os } = vm;
  const trigger = schedule ? 'schedule' : 'on-demand';
  return { jobId, vmKey, vmId, ref, os, policyName, policy, trigger, retainUntil };
}

/**
 * Lets go of the VM, and notes with `change` what the job came to; does nothing when another job holds it.
 * Returns the record as it is then.
 */
export async function releaseVm(
  { protectedVms }: Pick<ProtectionServices, 'protectedVms'>,
  vmKey: string,
  jobId: string,
  change: (vm: ProtectedVm) => ProtectedVm = (vm) => vm,
): Promise<ProtectedVm | undefined> {
  const document = await protectedVms.update(vmKey, (current) => {
    if (current?.running?.jobId !== jobId) return undefined;
    const { running: _released, ...rest } = current;
    return change(rest);
  });
  return document?.value;
}

const queuedBackup = ({ vm, jobId, policyName, now, schedule, retainUntil }: ClaimOrder): Job => ({
  id: jobId,
  kind: 'backup',
  vm: vm.key,
  vmName: vm.ref.name,
  state: 'Queued',
  policy: policyName,
  trigger: schedule ? 'schedule' : 'on-demand',
  createdAt: now,
  retainUntil,
  disks: [],
  warnings: [],
});
