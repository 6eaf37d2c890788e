import type { DiscoveredVm } from '../compute/vms/discover';
import { PolicyName } from '../policies/policy';
import type { ProtectedVm } from './protected-vm';

/** The tag that puts a VM under protection, in any case as tags are in Azure; its value names the policy. */
export const POLICY_TAG = 'backup-policy';

/** What the tag of a VM says; undefined without the tag. */
export const valueOfTag = ({ tags }: Pick<DiscoveredVm, 'tags'>): string | undefined =>
  Object.entries(tags).find(([name]) => name.toLowerCase() === POLICY_TAG)?.[1];

/**
 * The policy that a VM's tag names; undefined without the tag, and for what cannot be the name of a policy.
 */
export function policyOfTag(vm: Pick<DiscoveredVm, 'tags'>): string | undefined {
  const parsed = PolicyName.safeParse(valueOfTag(vm));
  return parsed.success ? parsed.data : undefined;
}

/** The record of a VM that the system has not seen before. */
export const newlyProtected = (vm: DiscoveredVm, now: string): ProtectedVm => ({
  key: vm.key,
  vmId: vm.vmId,
  ref: vm.ref,
  os: vm.os,
  enrolledAt: now,
});

/**
 * What a VM's record becomes when the VM is found in Azure: it follows the tag unless the API or a stop has
 * the say; without a tag it keeps what it has. Undefined when nothing changes.
 */
export function enrol(
  vm: DiscoveredVm,
  known: ProtectedVm | undefined,
  now: string,
): ProtectedVm | undefined {
  const tag = policyOfTag(vm);
  const followsTag = tag !== undefined && !known?.stopped && known?.protectedBy !== 'api';
  const policyChanges = followsTag && known?.policy !== tag;
  if (!policyChanges && !known?.orphanedSince) return undefined;
  const { orphanedSince: _back, ...current } = known ?? newlyProtected(vm, now);
  return policyChanges ? { ...current, policy: tag, protectedBy: 'tag' } : current;
}

/** What the record of a VM becomes that is not in Azure any more; undefined when that is known. */
export const orphan = (known: ProtectedVm, now: string): ProtectedVm | undefined =>
  known.orphanedSince ? undefined : { ...known, orphanedSince: now };
