import { type DiscoveredVm, discoverVms } from '../compute/vms/discover';
import type { BackupError } from '../failures/failure';
import { newlyProtected } from './enrol';
import { knownVms } from './fleet';
import type { ProtectedVm } from './protected-vm';
import type { ProtectionServices } from './protection-services';

type VmServices = Pick<ProtectionServices, 'protectedVms' | 'compute'>;

/** What is known of a VM: it is in Azure, or on record, or both. */
export interface KnownVm {
  key: string;
  vm?: DiscoveredVm;
  record?: ProtectedVm;
  /** Why it is not known whether the VM is in Azure. */
  unreadable?: BackupError;
}

/** Every VM that is in Azure or on record. */
export interface AllVms {
  /** By key. */
  vms: KnownVm[];
  /** Why subscriptions could not be read, by their id in lower case. */
  unread: Map<string, BackupError>;
}

/**
 * Looks for every VM in Azure and on record. Fails with the reason when no subscription at all can be read.
 */
export async function allVms(services: VmServices): Promise<AllVms> {
  const [records, { vms: discovered, unread }] = await Promise.all([
    knownVms(services),
    discoverVms(services.compute),
  ]);
  const [first] = unread.values();
  if (first && unread.size === new Set(services.compute.settings.subscriptions).size) throw first;
  const found = new Map(discovered.map((vm) => [vm.key, vm]));
  const keys = [...new Set([...found.keys(), ...records.keys()])].sort();
  const vms = keys.map((key) => {
    const record = records.get(key);
    const vm = found.get(key);
    const unreadable = vm ? undefined : unread.get(record?.ref.subscriptionId.toLowerCase() ?? '');
    return { key, vm, record, unreadable };
  });
  return { vms, unread };
}

/**
 * The VM of this key as Azure knows it now. Fails with the reason when it may be in a subscription that
 * cannot be read.
 */
export async function discoveredVm(
  { compute }: Pick<ProtectionServices, 'compute'>,
  key: string,
): Promise<DiscoveredVm | undefined> {
  const { vms, unread } = await discoverVms(compute);
  const found = vms.find((vm) => vm.key === key);
  const [inDoubt] = unread.values();
  if (!found && inDoubt) throw inDoubt;
  return found;
}

/** The record of a VM, or the one that it would get now; undefined for a VM that nobody knows. */
export async function recordOf(
  services: VmServices,
  key: string,
  now: string,
): Promise<ProtectedVm | undefined> {
  const known = await services.protectedVms.read(key);
  if (known) return known.value;
  const vm = await discoveredVm(services, key);
  return vm && newlyProtected(vm, now);
}

/** True for a VM that is on record, or that is in Azure now. */
export async function isKnownVm(services: VmServices, key: string): Promise<boolean> {
  if (await services.protectedVms.read(key)) return true;
  return (await discoveredVm(services, key)) !== undefined;
}
