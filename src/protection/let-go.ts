import { isDeepStrictEqual } from 'node:util';
import { orderedParallel } from '../basics/ordered-parallel';
import type { BackupPolicy } from '../policies/policy';
import { retainedPoints } from '../vault/retention/retained-points';
import type { DatedPolicy } from './due';
import { knownVms } from './fleet';
import type { ProtectedVm } from './protected-vm';
import type { ProtectionServices } from './protection-services';
import { expiredBy, type Rules, retentionOf, rulesOf } from './retain';

const VMS_AT_ONCE = 8;

/** The points of one VM that a change lets go of at once, oldest first. */
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
  const change: RulesChange = { before: before && retentionOf(before), after: retentionOf(after) };
  if (isDeepStrictEqual(change.before, change.after)) return [];
  const now = await services.vault.store.now();
  const vms = [...(await knownVms(services)).values()].filter((vm) => vm.policy === name && !vm.stopped);
  const losing: LetGo[] = [];
  const look = ({ key }: { key: string }) => lostPoints(services, key, change, now);
  for await (const one of orderedParallel(vms, VMS_AT_ONCE, look))
    if (one.points.length > 0) losing.push(one);
  return losing;
}

/**
 * The points that a VM loses at once when it is protected another way: by another policy, or again after its
 * protection was stopped, which had kept everything. Reads nothing when it is kept as before.
 */
export async function letGoByProtection(
  { vault }: Pick<ProtectionServices, 'vault'>,
  vm: ProtectedVm,
  changed: ProtectedVm,
  policies: ReadonlyMap<string, DatedPolicy>,
): Promise<LetGo> {
  const [before, after] = [vm, changed].map((one) => {
    const rules = rulesOf(one, policies);
    return 'rules' in rules ? rules : undefined;
  });
  if (after === undefined || isDeepStrictEqual(before, after)) return { vm: vm.key, points: [] };
  return lostPoints({ vault }, vm.key, { before, after }, await vault.store.now());
}

/** Without rules everything is kept. */
interface RulesChange {
  before?: Rules;
  after: Rules;
}

async function lostPoints(
  { vault }: Pick<ProtectionServices, 'vault'>,
  vm: string,
  { before, after }: RulesChange,
  now: string,
): Promise<LetGo> {
  const { points } = await retainedPoints(vault, vm);
  const going = new Set(before && expiredBy(before, points, now));
  return { vm, points: expiredBy(after, points, now).filter((id) => !going.has(id)) };
}
