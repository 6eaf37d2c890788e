import { sameResource, vmResourceId } from '../compute/arm/resource-id';
import type { DiscoveredVm } from '../compute/vms/discover';
import { policyOfTag } from './policy-tag';
import type { ProtectedVm } from './protected-vm';

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
 * the say; without a tag it keeps what it has. A VM that has moved keeps its record, which follows it.
 * Undefined when nothing changes.
 */
export function enrol(
  vm: DiscoveredVm,
  known: ProtectedVm | undefined,
  now: string,
): ProtectedVm | undefined {
  const tag = policyOfTag(vm);
  const followsTag = tag !== undefined && !known?.stopped && known?.protectedBy !== 'api';
  const policyChanges = followsTag && known?.policy !== tag;
  const hasMoved = known !== undefined && !sameResource(vmResourceId(known.ref), vmResourceId(vm.ref));
  if (!policyChanges && !hasMoved && !known?.orphanedSince) return undefined;
  const { orphanedSince: _back, ...kept } = known ?? newlyProtected(vm, now);
  const current = hasMoved ? { ...kept, ref: vm.ref } : kept;
  return policyChanges ? { ...current, policy: tag, protectedBy: 'tag' } : current;
}

/** What the record of a VM becomes that is not in Azure any more; undefined when that is known. */
export const orphan = (known: ProtectedVm, now: string): ProtectedVm | undefined =>
  known.orphanedSince ? undefined : { ...known, orphanedSince: now };
