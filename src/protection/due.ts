import { isBefore } from '../basics/time';
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
 * Which VMs are due, the one first whose last turn is longest ago: where there is more to do than can be
 * done, all come in turn, and nobody waits for ever. A missed window is caught up once, however many due
 * times passed. A VM that is being backed up becomes due again when the running job has ended; one that is
 * stopped, or gone from Azure, is never due.
 */
export function dueBackups(
  vms: ProtectedVm[],
  policies: ReadonlyMap<string, DatedPolicy>,
  now: string,
): DueBackup[] {
  const dueAtOf = lastDueTimes(policies, now);
  return vms
    .flatMap((vm) => {
      const policyName = vm.policy;
      const policy = policyName === undefined ? undefined : policies.get(policyName)?.policy;
      const dueAt = policyName === undefined ? undefined : dueAtOf(policyName);
      if (policyName === undefined || !policy || dueAt === undefined) return [];
      return isDue(vm, policyName, dueAt) ? [{ vm, policyName, policy, dueAt }] : [];
    })
    .map((due) => ({ due, lastTurn: Date.parse(lastTurnOf(due.vm)), time: Date.parse(due.dueAt) }))
    .sort((a, b) => a.lastTurn - b.lastTurn || a.time - b.time || compare(a.due.vm.key, b.due.vm.key))
    .map(({ due }) => due);
}

/** The due time that was served last; a VM that never had a turn waits since it was enrolled. */
const lastTurnOf = (vm: ProtectedVm): string => vm.lastRun?.dueAt ?? vm.enrolledAt;

/** Whether this due time of its policy asks for a backup of the VM that can begin now. */
export const isDue = (vm: ProtectedVm, policyName: string, dueAt: string): boolean =>
  vm.policy === policyName &&
  !vm.running &&
  !vm.stopped &&
  !vm.orphanedSince &&
  !isBefore(dueAt, vm.enrolledAt) &&
  !isServed(vm, dueAt);

/** True when a backup for this due time, or for a later one, was started already. */
const isServed = (vm: ProtectedVm, dueAt: string): boolean =>
  vm.lastRun !== undefined && !isBefore(vm.lastRun.dueAt, dueAt);

/** The last due time of each policy, worked out once however many VMs share it. */
function lastDueTimes(policies: ReadonlyMap<string, DatedPolicy>, now: string) {
  const known = new Map<string, string | undefined>();
  return (name: string): string | undefined => {
    const dated = policies.get(name);
    if (!dated || known.has(name)) return known.get(name);
    const { schedule, paused } = dated.policy;
    const dueAt = paused ? undefined : previousDue(schedule, now);
    const tooEarly = dueAt !== undefined && dated.since !== undefined && isBefore(dueAt, dated.since);
    known.set(name, tooEarly ? undefined : dueAt);
    return known.get(name);
  };
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
