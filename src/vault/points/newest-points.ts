import { orderedParallel } from '../../basics/ordered-parallel';
import type { RecoveryPoint } from '../format/manifest';
import type { Vault } from '../vault';
import { newestPoint } from '.';

const VMS_AT_ONCE = 16;

/** The newest recovery point of each of these VMs that has one. */
export async function newestPoints(vault: Vault, vmKeys: string[]): Promise<Map<string, RecoveryPoint>> {
  const newest = new Map<string, RecoveryPoint>();
  const look = async (key: string) => ({ key, point: await newestPoint(vault, key) });
  for await (const { key, point } of orderedParallel(vmKeys, VMS_AT_ONCE, look)) {
    if (point) newest.set(key, point);
  }
  return newest;
}
