import type { BackupPolicy } from '../policies/policy';
import { previousDue } from '../policies/schedule';
import type { ProtectedVm } from './protected-vm';

/** A backup that its policy asks for now. */
export interface DueBackup {
  vm: ProtectedVm;
  policyName: string;
  policy: BackupPolicy;
  /** The due time that this backup serves, ISO 8601 UTC. */
  dueAt: string;
}

/** A policy with the service time of its last change: a new schedule never makes a past time due. */
export interface DatedPolicy {
  policy: BackupPolicy;
  since?: string;
}

/**
 * Which VMs are due, longest overdue first. A missed window is caught up once, however many due times passed. A VM that is
 * being backed up stays due until the running job has ended. What `scheduledBy` itself claimed before (its activity may run
 * twice) counts as due again.
 */
export function dueBackups(
  vms: ProtectedVm[],
  policies: ReadonlyMap<string, DatedPolicy>,
  now: string,
  scheduledBy?: string,
): DueBackup[] {
  return vms
    .flatMap((vm) => {
      const dated = vm.policy === undefined ? undefined : policies.get(vm.policy);
      if (!dated || vm.policy === undefined) return [];
      const dueAt = previousDue(dated.policy.schedule, now);
      if (dueAt === undefined || isBefore(dueAt, vm.enrolledAt)) return [];
      if (dated.since !== undefined && isBefore(dueAt, dated.since)) return [];
      const claimedHere = scheduledBy !== undefined && vm.lastRun?.scheduledBy === scheduledBy;
      if (vm.lastRun && !isBefore(vm.lastRun.dueAt, dueAt) && !claimedHere) return [];
      if (vm.running && vm.running.jobId !== (claimedHere ? vm.lastRun?.jobId : undefined)) return [];
      return [{ vm, policyName: vm.policy, policy: dated.policy, dueAt }];
    })
    .sort((a, b) => Date.parse(a.dueAt) - Date.parse(b.dueAt) || compare(a.vm.key, b.vm.key));
}

const isBefore = (a: string, b: string) => Date.parse(a) < Date.parse(b);
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
