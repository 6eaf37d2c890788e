import type { ProtectionServices } from '../protection/protection-services';
import { idsUnder } from '../vault/points/point-ids';
import { notFound, type Problem, vmIsGone } from './problem';

/** What to answer about a VM that is not in Azure: that it is gone, if it still has points, or unknown. */
export async function missingVm(
  { protectedVms, vault }: Pick<ProtectionServices, 'protectedVms' | 'vault'>,
  vmKey: string,
): Promise<Problem> {
  const record = (await protectedVms.read(vmKey))?.value;
  const hasPoints = (await idsUnder(vault, `points/${vmKey}.`)).length > 0;
  return hasPoints ? vmIsGone(vmKey, record?.orphanedSince) : notFound('VM', vmKey, 'GET /api/vms');
}
