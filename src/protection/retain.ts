import { BackupError } from '../failures/failure';
import { JobId, timeOf } from '../jobs/job-id';
import { policiesInForce } from '../policies/policies';
import { type BackupPolicy, PRESET_POLICIES } from '../policies/policy';
import { deletePoint, type RefusedPoint } from '../vault/points';
import { planRetention, type RetentionRules } from '../vault/retention/plan-retention';
import { retainedPoints, type SurveyedPoint } from '../vault/retention/retained-points';
import type { DatedPolicy } from './due';
import { knownVms } from './fleet';
import type { ProtectedVm } from './protected-vm';
import type { ProtectionServices } from './protection-services';

/** Retention works through the VMs by key, a few at a time. */
export interface RetentionStep {
  dryRun: boolean;
  /** The VM after which to go on; from the first when absent. */
  afterVm?: string;
}

export interface RetainedPoints {
  /** Ids of the points that go, or with `dryRun` would go. */
  expired: string[];
  /** VMs that keep everything, and points that stay because they cannot be read. */
  skipped: { vm: string; reason: string }[];
  /** Present while VMs are left. */
  nextAfterVm?: string;
}

const VMS_AT_ONCE = 25;

type RetainServices = Pick<ProtectionServices, 'vault' | 'policies' | 'protectedVms'>;
/** How the points of a VM are kept. */
export interface Rules {
  rules: RetentionRules;
  /** IANA zone in which days begin. */
  timeZone: string;
}

/** Applies retention to the next VMs. One whose rules are in doubt keeps everything. */
export async function retainNextVms(
  services: RetainServices,
  { dryRun, afterVm = '' }: RetentionStep,
): Promise<RetainedPoints> {
  const policies = await policiesInForce(services.policies);
  const now = await services.vault.store.now();
  const vms = [...(await knownVms(services)).values()].filter(({ key }) => key > afterVm);
  vms.sort((a, b) => (a.key < b.key ? -1 : 1));
  const turn = vms.slice(0, VMS_AT_ONCE);
  const result: RetainedPoints = { expired: [], skipped: [] };
  for (const vm of turn) {
    const rules = rulesOf(vm, policies);
    if ('reason' in rules) result.skipped.push({ vm: vm.key, reason: rules.reason });
    else if ('rules' in rules) {
      const { expired, refused } = await retain(services, vm.key, rules, { now, dryRun });
      result.expired.push(...expired);
      for (const { pointId, failure } of refused) {
        const reason = `recovery point ${pointId} stays, it cannot be read: ${failure.code}`;
        result.skipped.push({ vm: vm.key, reason });
      }
    }
  }
  return vms.length > turn.length ? { ...result, nextAfterVm: turn.at(-1)?.key } : result;
}

/** The ids of all points that retention would let go now. */
export async function expiringPoints(services: RetainServices): Promise<string[]> {
  const expiring: string[] = [];
  let afterVm: string | undefined;
  do {
    const { expired, nextAfterVm } = await retainNextVms(services, { dryRun: true, afterVm });
    expiring.push(...expired);
    afterVm = nextAfterVm;
  } while (afterVm !== undefined);
  return expiring;
}

/**
 * Points that cannot be read are wanted: never expired, and not counted for others. A dry run does not ask
 * what would be freed: garbage collection tells that for all VMs at once.
 */
async function retain(
  { vault }: Pick<ProtectionServices, 'vault'>,
  vmKey: string,
  rules: Rules,
  { now, dryRun }: { now: string; dryRun: boolean },
): Promise<{ expired: string[]; refused: RefusedPoint[] }> {
  const { points, refused } = await retainedPoints(vault, vmKey);
  const expire = expiredBy(rules, points, now);
  if (dryRun) return { expired: expire, refused };
  const expired: string[] = [];
  for (const pointId of expire) {
    if (await expirePoint(vault, pointId, rules.rules)) expired.push(pointId);
  }
  return { expired, refused };
}

/** False for a point that somebody holds since the plan was made. */
async function expirePoint(
  vault: ProtectionServices['vault'],
  pointId: string,
  rules: RetentionRules,
): Promise<boolean> {
  try {
    await deletePoint(vault, pointId, `retention ${JSON.stringify(rules)}`, 'retention');
    return true;
  } catch (error) {
    if (error instanceof BackupError && error.failure.code === 'RecoveryPointHeld') return false;
    throw error;
  }
}

/** The points of one VM that rules let go of, oldest first; `now` is the storage service's time. */
export const expiredBy = (
  { rules, timeZone }: Rules,
  points: readonly SurveyedPoint[],
  now: string,
): string[] =>
  planRetention(
    points.map((point) => ({
      ...point,
      dueAt: point.onDemand ? undefined : dueTimeOf(point.runId),
    })),
    rules,
    { timeZone, now },
  ).expire;

/** The due time that a scheduled backup served, which its job is named by. */
function dueTimeOf(jobId: string): string | undefined {
  return JobId.safeParse(jobId).success ? timeOf(jobId) : undefined;
}

/**
 * The rules for a VM's points: those of its policy; of the preset `daily` for a VM that was only ever backed
 * up on demand; none for a VM whose protection was stopped with its data retained, nor for one whose record
 * knows of no backup: a restore may have made it, and under which rules its points were made is forgotten.
 * Both keep what they have.
 */
export function rulesOf(
  vm: Pick<ProtectedVm, 'policy' | 'stopped' | 'lastSuccess'>,
  policies: ReadonlyMap<string, DatedPolicy>,
): Rules | { reason: string } | { keepAll: true } {
  if (vm.stopped || (vm.policy === undefined && !vm.lastSuccess)) return { keepAll: true };
  const policy = vm.policy === undefined ? PRESET_POLICIES.daily : policies.get(vm.policy)?.policy;
  if (!policy) return { reason: `there is no policy ${vm.policy}` };
  return retentionOf(policy);
}

export const retentionOf = ({ retention, schedule }: BackupPolicy): Rules => ({
  rules: retention,
  timeZone: schedule.timeZone,
});
