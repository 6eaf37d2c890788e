import { discoverVms } from '../compute/discover';
import type { Services } from '../services';

/** True for a VM that is under protection, or that is discovered in Azure now. */
export async function isKnownVm(
  { protectedVms, compute }: Pick<Services, 'protectedVms' | 'compute'>,
  vmKey: string,
): Promise<boolean> {
  if (await protectedVms.read(vmKey)) return true;
  return (await discoverVms(compute)).some((vm) => vm.key === vmKey);
}
