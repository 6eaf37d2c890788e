import { isBefore } from '../basics/time';
import type { BackupPolicy } from '../policies/policy';
import { previousDue } from '../policies/schedule';
import type { DatedPolicy } from './due';
import type { ProtectedVm } from './protected-vm';

/** A VM that has had no good point for longer than its policy says. */
export interface MissedBackup {
  vm: ProtectedVm;
  /** The due time that passed without a point, although the next one has come, too. */
  dueAt: string;
  /** The due time that made it known: it is told once for each. */
  knownAt: string;
}

/**
 * VMs without a good point since the due time before the last one. One due time may be late at a busy hour;
 * when the next one comes, something is wrong. A VM is missed only for times since it was enrolled, and only
 * while it is to be backed up.
 */
export function missedBackups(
  vms: Iterable<ProtectedVm>,
  policies: ReadonlyMap<string, DatedPolicy>,
  now: string,
): MissedBackup[] {
  const missed: MissedBackup[] = [];
  const lastTwo = lastTwoDueTimes(now);
  for (const vm of vms) {
    const dated = vm.policy === undefined ? undefined : policies.get(vm.policy);
    if (!dated || dated.policy.paused || vm.stopped || vm.orphanedSince) continue;
    const [knownAt, dueAt] = lastTwo(dated.policy);
    if (!knownAt || !dueAt || vm.missedTold === knownAt) continue;
    const since = [vm.enrolledAt, dated.since ?? vm.enrolledAt].every((time) => isBefore(time, dueAt));
    const good = vm.lastSuccess !== undefined && !isBefore(vm.lastSuccess.at, dueAt);
    if (since && !good) missed.push({ vm, dueAt, knownAt });
  }
  return missed;
}

/** The last due time and the one before it, worked out once for each policy. */
function lastTwoDueTimes(now: string) {
  const known = new Map<BackupPolicy, (string | undefined)[]>();
  return (policy: BackupPolicy): (string | undefined)[] => {
    const found = known.get(policy);
    if (found) return found;
    const last = previousDue(policy.schedule, now);
    const before = last && previousDue(policy.schedule, new Date(Date.parse(last) - 1000).toISOString());
    known.set(policy, [last, before]);
    return [last, before];
  };
}
