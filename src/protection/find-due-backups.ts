import { type DiscoveredVm, discoverVms } from '../compute/discover';
import { policiesInForce } from '../policies/policies';
import type { Services } from '../services';
import { type DueBackup, dueBackups } from './due';
import type { ProtectedVm } from './protected-vm';

/** The tag that puts a VM under protection; its value names the policy. */
export const POLICY_TAG = 'backup-policy';

/** Discovers the fleet, enrols what carries the tag, and tells which backups are due at the storage service's time. */
export async function findDueBackups(
  services: Pick<Services, 'compute' | 'store' | 'policies' | 'protectedVms'>,
  scheduledBy?: string,
): Promise<{ due: DueBackup[]; now: string }> {
  const now = await services.store.now();
  const policies = await policiesInForce(services.policies);
  const discovered = await discoverVms(services.compute);
  const known = new Map<string, ProtectedVm>();
  for await (const { value } of services.protectedVms.list()) known.set(value.key, value);
  const fleet = await Promise.all(
    discovered.map((vm) => enrol(services.protectedVms, vm, known.get(vm.key), now)),
  );
  const enrolled = fleet.filter((vm) => vm !== undefined);
  return { due: dueBackups(enrolled, policies, now, scheduledBy), now };
}

/** Follows the tag: a new VM is enrolled, a changed tag changes the policy, a VM without one keeps what it has. */
async function enrol(
  protectedVms: Services['protectedVms'],
  vm: DiscoveredVm,
  known: ProtectedVm | undefined,
  now: string,
): Promise<ProtectedVm | undefined> {
  const policy = vm.tags[POLICY_TAG];
  if (policy === undefined || known?.policy === policy) return known;
  const updated = await protectedVms.update(vm.key, (current) => ({
    ...(current ?? newlyProtected(vm, now)),
    policy,
  }));
  return updated?.value;
}

/** The record of a VM that the system has not seen before. */
export const newlyProtected = (vm: DiscoveredVm, now: string): ProtectedVm => ({
  key: vm.key,
  vmId: vm.vmId,
  ref: vm.ref,
  os: vm.os,
  enrolledAt: now,
});
