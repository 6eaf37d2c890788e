import { orderedParallel } from '../../basics/ordered-parallel';
import type { Vault } from '../vault';
import { findNewest, type NewestPoint, oneObjectEach } from './list-points';

const VMS_AT_ONCE = 16;

/**
 * The newest recovery point of each of these VMs, and the newer ones that cannot be read; VMs with neither
 * are left out.
 */
export async function newestPoints(vault: Vault, vmKeys: string[]): Promise<Map<string, NewestPoint>> {
  const newest = new Map<string, NewestPoint>();
  const refuse = oneObjectEach();
  const look = async (key: string) => ({ key, found: await findNewest(vault, key, refuse) });
  for await (const { key, found } of orderedParallel(vmKeys, VMS_AT_ONCE, look)) {
    if (found.point || found.refused.length > 0) newest.set(key, found);
  }
  return newest;
}
