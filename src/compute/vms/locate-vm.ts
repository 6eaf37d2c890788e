import type { VirtualMachine } from '@azure/arm-compute';
import type { Compute } from '../arm/connection';
import type { VmRef } from '../arm/resource-id';
import { discoverVms } from './discover';
import { findVm } from './find-vm';

/**
 * The VM of this id: where it is expected, or wherever it has moved to in the subscriptions that are read.
 * Fails with the causes of step `restore VM`, and with the reason when it may be in a subscription that
 * cannot be read.
 */
export async function locateVm(
  compute: Compute,
  { ref, vmId }: { ref: VmRef; vmId: string },
): Promise<{ ref: VmRef; vm: VirtualMachine } | undefined> {
  const vm = await findVm(compute, ref);
  if (vm?.vmId === vmId) return { ref, vm };
  const { vms, unread } = await discoverVms(compute);
  const moved = vms.find((one) => one.vmId === vmId);
  const [inDoubt] = unread.values();
  if (!moved && inDoubt) throw inDoubt;
  const there = moved && (await findVm(compute, moved.ref));
  return there?.vmId === vmId && moved ? { ref: moved.ref, vm: there } : undefined;
}
