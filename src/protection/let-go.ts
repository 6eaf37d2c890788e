import { isDeepStrictEqual } from 'node:util';
import { orderedParallel } from '../basics/ordered-parallel';
import type { BackupPolicy } from '../policies/policy';
import { retainedPoints } from '../vault/retention/retained-points';
import { knownVms } from './fleet';
import type { ProtectionServices } from './protection-services';
import { expiredBy, retentionOf } from './retain';

const VMS_AT_ONCE = 8;

/** The points of one VM that a change of its policy lets go of at once, oldest first. */
export interface LetGo {
  vm: string;
  points: string[];
}

/** A policy as it is in force, and as somebody wants it. */
export interface PolicyChange {
  name: string;
  /** Absent when there is no such policy: then its VMs keep everything. */
  before?: BackupPolicy;
  after: BackupPolicy;
}

/**
 * The points that a change of a policy lets go of at once: those that the next retention takes by the new
 * rules, and would not take by the old ones. VMs that lose none are left out. Reads nothing when the change
 * is not one of retention; otherwise what the lists of points of the policy's VMs read.
 */
export async function letGoBy(
  services: Pick<ProtectionServices, 'vault' | 'protectedVms'>,
  { name, before, after }: PolicyChange,
): Promise<LetGo[]> {
  const rulesAfter = retentionOf(after);
  const rulesBefore = before && retentionOf(before);
  if (isDeepStrictEqual(rulesBefore, rulesAfter)) return [];
  const now = await services.vault.store.now();
  const vms = [...(await knownVms(services)).values()].filter((vm) => vm.policy === name && !vm.stopped);
  const look = async ({ key }: { key: string }): Promise<LetGo> => {
    const { points } = await retainedPoints(services.vault, key);
    const going = new Set(rulesBefore && expiredBy(rulesBefore, points, now));
    return { vm: key, points: expiredBy(rulesAfter, points, now).filter((id) => !going.has(id)) };
  };
  const losing: LetGo[] = [];
  for await (const one of orderedParallel(vms, VMS_AT_ONCE, look))
    if (one.points.length > 0) losing.push(one);
  return losing;
}
