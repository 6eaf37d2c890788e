import { type DiscoveredVm, discoverVms } from '../compute/discover';
import type { Services } from '../services';
import type { KnownVm } from './describe-vm';
import { newlyProtected } from './enrol';
import { knownVms } from './fleet';
import type { ProtectedVm } from './protected-vm';

type VmServices = Pick<Services, 'protectedVms' | 'compute'>;

/** Every VM that is in Azure or on record, by key. */
export async function allVms(services: VmServices): Promise<KnownVm[]> {
  const records = await knownVms(services);
  const vms = new Map((await discoverVms(services.compute)).map((vm) => [vm.key, vm]));
  const keys = [...new Set([...vms.keys(), ...records.keys()])].sort();
  return keys.map((key) => ({ key, vm: vms.get(key), record: records.get(key) }));
}

/** The VM of this key as Azure knows it now. */
export async function discoveredVm(
  { compute }: Pick<Services, 'compute'>,
  key: string,
): Promise<DiscoveredVm | undefined> {
  return (await discoverVms(compute)).find((vm) => vm.key === key);
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
