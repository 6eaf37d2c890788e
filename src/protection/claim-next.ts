import type { BackupRequest } from '../backup/backup-request';
import { scheduledBackupId } from '../jobs/job-id';
import { policiesInForce } from '../policies/policies';
import type { Services } from '../services';
import { type ClaimOrder, claimBackup, requestOf } from './claim-backup';
import { findDueBackups } from './fleet';
import type { ProtectedVm } from './protected-vm';

type ClaimServices = Pick<Services, 'store' | 'policies' | 'protectedVms' | 'jobs'>;

/**
 * Claims the backup that is overdue longest; undefined when nothing is due. `scheduledBy` names this very call: asked again after
 * its answer was lost, it answers with the backup that it claimed then.
 */
export async function claimNextBackup(
  services: ClaimServices,
  scheduledBy: string,
): Promise<BackupRequest | undefined> {
  const { due, vms, now } = await findDueBackups(services);
  const before = [...vms.values()].find((vm) => vm.lastRun?.scheduledBy === scheduledBy);
  if (before) return claimedBefore(services, before);
  for (const { vm, dueAt, policyName, policy } of due) {
    const order: ClaimOrder = {
      vm,
      jobId: scheduledBackupId(vm.key, dueAt),
      policyName,
      policy,
      now,
      schedule: { dueAt, scheduledBy },
    };
    const claim = await claimBackup(services, order);
    if ('request' in claim) return claim.request;
  }
  return undefined;
}

/** The claim may have been the last thing that happened: the record of the job is made up for. */
async function claimedBefore(services: ClaimServices, vm: ProtectedVm): Promise<BackupRequest | undefined> {
  const { lastRun, running, policy: policyName } = vm;
  if (!lastRun || running?.jobId !== lastRun.jobId || policyName === undefined) return undefined;
  const policy = (await policiesInForce(services.policies)).get(policyName)?.policy;
  if (!policy) return undefined;
  const { dueAt, scheduledBy, jobId } = lastRun;
  const order = { vm, jobId, policyName, policy, now: running.since, schedule: { dueAt, scheduledBy } };
  await claimBackup(services, order);
  return requestOf(order);
}
