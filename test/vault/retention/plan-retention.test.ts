import fc from 'fast-check';
import { DateTime } from 'luxon';
import { planRetention, type RetentionRules } from '../../../src/vault/retention/plan-retention';

const point = (pointId: string, snapshotTime: string, retainUntil?: string) => ({
  pointId,
  snapshotTime,
  retainUntil,
});

test('says why each point is kept', () => {
  const points = [
    point('a', '2026-10-31T02:00:00Z'),
    point('b', '2026-11-01T02:00:00Z'),
    point('c', '2026-11-20T02:00:00Z'),
    point('d', '2026-11-22T02:00:00Z'),
    point('e', '2026-11-22T14:00:00Z'),
    point('f', '2026-11-23T02:00:00Z'),
  ];
  expect(planRetention(points, { daily: 2, weekly: 1, monthly: 2 })).toEqual({
    keep: [
      { pointId: 'a', reasons: ['month 2026-10'] },
      { pointId: 'd', reasons: ['day 2026-11-22'] },
      { pointId: 'e', reasons: ['day 2026-11-22'] },
      { pointId: 'f', reasons: ['newest', 'day 2026-11-23', 'week 2026-W48', 'month 2026-11'] },
    ],
    expire: ['b', 'c'],
  });
});

test('days begin where the policy lives', () => {
  const points = [point('a', '2026-11-22T23:30:00Z'), point('b', '2026-11-23T00:30:00Z')];
  expect(planRetention(points, { daily: 1 }, { timeZone: 'utc' }).expire).toEqual(['a']);
  expect(planRetention(points, { daily: 1 }, { timeZone: 'America/New_York' }).expire).toEqual([]);
});

test('an on-demand point stays until its own end, counted from the newest point', () => {
  const points = [
    point('own', '2026-01-01T00:00:00Z', '2026-02-01T00:00:00Z'),
    point('b', '2026-01-20T00:00:00Z'),
    point('c', '2026-01-31T00:00:00Z'),
  ];
  expect(planRetention(points, { daily: 1 }).expire).toEqual(['b']);
  expect(planRetention([...points, point('d', '2026-02-02T00:00:00Z')], { daily: 1 }).expire).toEqual([
    'own',
    'b',
    'c',
  ]);
});

test('no rules, no points, or a lonely point: nothing that matters goes', () => {
  expect(planRetention([], { daily: 1 })).toEqual({ keep: [], expire: [] });
  expect(planRetention([point('a', '2026-01-01T00:00:00Z')], {}).keep).toEqual([
    { pointId: 'a', reasons: ['newest'] },
  ]);
});

test('a forged time in the far future takes one place and expires nothing else than that', () => {
  const points = Array.from({ length: 10 }, (_, k) => point(`p${k}`, `2026-11-${10 + k}T02:00:00Z`));
  const forged = planRetention([...points, point('forged', '2999-01-01T00:00:00Z')], { daily: 5 });
  expect(planRetention(points, { daily: 5 }).keep.length - forged.keep.length + 1).toBe(1);
});

const times = fc.uniqueArray(fc.integer({ min: 0, max: 900 * 24 }), { maxLength: 120 });
const rules = fc.record({
  daily: fc.option(fc.integer({ min: 1, max: 40 }), { nil: undefined }),
  weekly: fc.option(fc.integer({ min: 1, max: 20 }), { nil: undefined }),
  monthly: fc.option(fc.integer({ min: 1, max: 12 }), { nil: undefined }),
  yearly: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
});
const pointsAt = (hours: number[]) =>
  hours.map((hour) => point(`p${hour}`, DateTime.utc(2024, 1, 1).plus({ hours: hour }).toISO()!));

/**
 * The written rules, said in another way: a point stays if it is the last of its bucket and few newer buckets
 * exist.
 */
function oracle(
  points: { pointId: string; snapshotTime: string }[],
  { daily = 0, ...rest }: RetentionRules,
): string[] {
  const bucket = (time: string, unit: 'day' | 'week' | 'month' | 'year') =>
    DateTime.fromISO(time, { zone: 'utc' }).startOf(unit).toMillis();
  const kept = points.filter(({ snapshotTime }) => {
    const newer = points.filter((other) => other.snapshotTime > snapshotTime);
    const newerBuckets = (unit: 'day' | 'week' | 'month' | 'year') =>
      new Set(
        newer
          .map((other) => bucket(other.snapshotTime, unit))
          .filter((b) => b !== bucket(snapshotTime, unit)),
      ).size;
    const last = (unit: 'week' | 'month' | 'year') =>
      !newer.some((other) => bucket(other.snapshotTime, unit) === bucket(snapshotTime, unit));
    return (
      newer.length === 0 ||
      newerBuckets('day') < daily ||
      (last('week') && newerBuckets('week') < (rest.weekly ?? 0)) ||
      (last('month') && newerBuckets('month') < (rest.monthly ?? 0)) ||
      (last('year') && newerBuckets('year') < (rest.yearly ?? 0))
    );
  });
  return kept.map(({ pointId }) => pointId).sort();
}

test('keeps exactly what the written rules say, for any points and rules', () => {
  fc.assert(
    fc.property(times, rules, (hours, rule) => {
      const points = pointsAt(hours);
      const plan = planRetention(points, rule);
      expect(plan.keep.map(({ pointId }) => pointId).sort()).toEqual(oracle(points, rule));
      expect([...plan.keep.map(({ pointId }) => pointId), ...plan.expire].sort()).toEqual(
        points.map(({ pointId }) => pointId).sort(),
      );
      for (const { reasons } of plan.keep) expect(reasons.length).toBeGreaterThan(0);
    }),
    { numRuns: 60 },
  );
});

test('running it again after what expired is gone expires nothing more', () => {
  fc.assert(
    fc.property(times, rules, (hours, rule) => {
      const points = pointsAt(hours);
      const gone = new Set(planRetention(points, rule).expire);
      expect(
        planRetention(
          points.filter(({ pointId }) => !gone.has(pointId)),
          rule,
        ).expire,
      ).toEqual([]);
    }),
    { numRuns: 60 },
  );
});
