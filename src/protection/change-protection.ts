import type { ProtectedVm } from './protected-vm';
import { withoutUnfinished } from './unfinished-restores';

/** Protects a VM by a policy because the API says so. Due times that have passed do not count. */
export function protect(vm: ProtectedVm, policy: string, now: string): ProtectedVm {
  if (vm.policy === policy && !vm.stopped) return { ...vm, protectedBy: 'api' };
  // Whoever protects a VM again whose protection was stopped has decided on its disks.
  const { stopped: _stopped, missedTold: _told, ...rest } = vm.stopped ? withoutUnfinished(vm) : vm;
  return { ...rest, policy, protectedBy: 'api', enrolledAt: now };
}

/** Stops the protection of a VM; what it has is retained or to be deleted. */
export function stopProtection(vm: ProtectedVm, data: 'retain' | 'delete', now: string): ProtectedVm {
  const { policy: _policy, protectedBy: _by, missedTold: _told, ...rest } = vm;
  return { ...rest, stopped: { at: now, data } };
}
