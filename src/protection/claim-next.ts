import type { BackupRequest } from '../jobs/backup-request';
import { scheduledBackupId } from '../jobs/job-id';
import { policiesInForce } from '../policies/policies';
import { type ClaimOrder, claimBackup, requestOf } from './claim-backup';
import { dueBackups } from './due';
import { knownVms } from './fleet';
import type { ProtectedVm } from './protected-vm';
import type { ProtectionServices } from './protection-services';

type ClaimServices = Pick<ProtectionServices, 'store' | 'policies' | 'protectedVms' | 'jobs'>;

/**
 * For so many seconds what a process has listed serves all its claims: a listing of the whole fleet for every
 * backup of the fleet would be work that grows with its square. Each claim is checked against the record
 * itself.
 */
const LOOK_SECONDS = 30;

/**
 * Claims the due backup of the VM whose last turn is longest ago; undefined when nothing is due.
 * `scheduledBy` names this very call: asked again after its answer was lost, it answers with the backup that
 * it claimed then.
 */
export async function claimNextBackup(
  services: ClaimServices,
  scheduledBy: string,
): Promise<BackupRequest | undefined> {
  const known = services.protectedVms.recent(LOOK_SECONDS)?.map(({ value }) => value);
  const claimed = known && (await claimAmong(services, known, scheduledBy));
  return claimed ?? claimAmong(services, [...(await knownVms(services)).values()], scheduledBy);
}

async function claimAmong(
  services: ClaimServices,
  vms: ProtectedVm[],
  scheduledBy: string,
): Promise<BackupRequest | undefined> {
  const before = vms.find((vm) => vm.lastRun?.scheduledBy === scheduledBy);
  if (before) return claimedBefore(services, before);
  const now = await services.store.now();
  const policies = await policiesInForce(services.policies);
  for (const { vm, dueAt, policyName, policy } of dueBackups(vms, policies, now)) {
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
