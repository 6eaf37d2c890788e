import type { BackupPolicy } from '../../../src/policies/policy';
import type { Happenings } from './happenings';
import { dueTimes, kept, type OraclePoint, oddHour, type Rule } from './oracle';
import { DAY } from './scenario';

/** What the test knows of a VM, without asking the app. Times are milliseconds since 1970. */
export interface ExpectedVm {
  key: string;
  name: string;
  policyName: string;
  policy: BackupPolicy;
  /** Every due time from the moment that the VM was known. */
  dues: number[];
  /** The last due time that a backup served. */
  served: number;
  gone: boolean;
  stopped: boolean;
  /** Points that are listed, oldest first. */
  points: OraclePoint[];
  /** Why each of them was kept when that was last looked at. */
  reasons: Map<OraclePoint, Rule[]>;
  backups: number;
}

export interface NewVm extends Pick<ExpectedVm, 'key' | 'name' | 'policyName' | 'policy'> {
  enrolledAt: number;
  /** When the simulation is over. */
  end: number;
}

export const expectVm = ({ enrolledAt, end, ...vm }: NewVm): ExpectedVm => ({
  ...vm,
  dues: dueTimes(vm.policy, enrolledAt, end),
  served: 0,
  gone: false,
  stopped: false,
  points: [],
  reasons: new Map(),
  backups: 0,
});

/** A changed policy never makes a due time count that lies before its change. */
export function expectPolicy(vm: ExpectedVm, policy: BackupPolicy, changedAt: number, end: number): void {
  vm.policy = policy;
  vm.dues = [...vm.dues.filter((due) => due < changedAt), ...dueTimes(policy, changedAt, end)];
}

/** By the rules: the last due time that has passed is served, once, however many have passed. */
export function expectBackup(vm: ExpectedVm, now: number, happened: Happenings): void {
  const due = vm.dues.findLast((one) => one <= now);
  if (due === undefined || due <= vm.served || vm.gone || vm.stopped) return;
  const odd = oddHour(due, vm.policy);
  if (odd) happened.note(`an hour was ${odd} at a due time`);
  if (vm.dues.some((one) => one > vm.served && one < due))
    happened.note('several due times became one backup');
  vm.served = due;
  expectPoint(vm, { id: `${vm.key}.${stampOf(due)}`, at: now });
}

export function expectPoint(vm: ExpectedVm, point: OraclePoint): void {
  vm.points.push(point);
  vm.backups += 1;
}

/** A VM whose protection was stopped keeps what it has. */
export function expectRetention(vm: ExpectedVm, happened: Happenings): void {
  if (vm.stopped) return;
  const reasons = kept(vm.points, vm.policy);
  for (const point of vm.points.filter((one) => !reasons.has(one))) {
    const rule = vm.reasons.get(point)?.at(-1);
    if (rule !== undefined && rule !== 'newest' && rule !== 'year')
      happened.note(`a point went that its ${rule} had kept`);
  }
  for (const [rule, ...others] of reasons.values()) {
    if (others.length === 0 && (rule === 'week' || rule === 'month' || rule === 'term'))
      happened.note(`a point was kept by its ${rule} alone`);
  }
  vm.points = [...reasons.keys()];
  vm.reasons = reasons;
}

/**
 * The points that still have their snapshot: younger than the policy's days, or the base of the next backup.
 */
export function withSnapshot({ policy, points, gone, stopped }: ExpectedVm, now: number): OraclePoint[] {
  const days = policy.instantRestoreDays;
  if (days === 0) return [];
  return points.filter(
    (point) => point.at + days * DAY > now || (point === points.at(-1) && !gone && !stopped),
  );
}

const stampOf = (at: number) =>
  `${new Date(at).toISOString().slice(0, 19).replace(/[-:]/g, '').toLowerCase()}z`;
