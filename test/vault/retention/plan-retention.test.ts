import fc from 'fast-check';
import { DateTime } from 'luxon';
import type { KeepRule } from '../../../src/vault/retention/keep-rule';
import {
  type CountingFrom,
  planRetention,
  type RetainedPoint,
  type RetentionRules,
} from '../../../src/vault/retention/plan-retention';

const point = (pointId: string, snapshotTime: string, retainUntil?: string): RetainedPoint => ({
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

describe('rules by the calendar', () => {
  /** A point of each day of 2026, at three in the morning. */
  const days = Array.from({ length: 365 }, (_, index) => {
    const time = new Date(Date.UTC(2026, 0, 1 + index, 3)).toISOString();
    return point(time.slice(0, 10), time);
  });
  const kept = (points: ReturnType<typeof point>[], rules: RetentionRules, from?: CountingFrom) =>
    planRetention(points, rules, from).keep.map(({ pointId }) => pointId);

  test('keep chosen weekdays of chosen weeks in chosen months, for a time that is counted from the newest point', () => {
    const rules: KeepRule[] = [
      {
        weekdays: ['monday', 'sunday'],
        weeks: ['first', 'last'],
        months: ['october', 'november'],
        keepFor: { months: 2 },
      },
    ];
    // On 31 December, what is of 31 October or earlier has had its two months.
    expect(kept(days, { rules })).toEqual([
      '2026-11-01',
      '2026-11-02',
      '2026-11-29',
      '2026-11-30',
      '2026-12-31',
    ]);
  });

  test('keep days of the month; a month without such a day has none, and the last is always there', () => {
    const rules: KeepRule[] = [{ daysOfMonth: [31, 'last'], keepFor: { years: 1 } }];
    expect(kept(days, { rules })).toHaveLength(12);
    expect(kept(days, { rules: [{ daysOfMonth: [31], keepFor: { years: 1 } }] })).toHaveLength(7);
  });

  test('keep every point of a day or its last one, and say why', () => {
    const twice = [...days.slice(-2), point('evening', '2026-12-30T21:00:00Z')];
    const of = (points?: 'last') => ({ rules: [{ points, keepFor: { days: 7 } }] });
    expect(kept(twice, of())).toEqual(['2026-12-30', 'evening', '2026-12-31']);
    expect(planRetention(twice, of('last'))).toEqual({
      keep: [
        { pointId: 'evening', reasons: ['for 7 days, until 2027-01-06'] },
        { pointId: '2026-12-31', reasons: ['newest', 'for 7 days, until 2027-01-07'] },
      ],
      expire: ['2026-12-30'],
    });
  });

  test('know a scheduled point by the day for which it was due, however late it was taken', () => {
    const late = { ...point('late', '2026-12-28T00:20:00Z'), dueAt: '2026-12-27T23:30:00Z' };
    const rules: KeepRule[] = [{ weekdays: ['sunday'], keepFor: { weeks: 4 } }];
    const later = point('later', '2026-12-30T00:00:00Z');
    expect(kept([late, later], { rules })).toEqual(['late', 'later']);
    expect(kept([{ ...late, dueAt: undefined }, later], { rules })).toEqual(['later']);
  });

  test('let no point on demand take the place of a scheduled one, but stand in where there is none', () => {
    const noon = (day: string) => point(`${day}-noon`, `${day}T12:00:00Z`, '2026-12-29T00:00:00Z');
    const points = [...days.slice(-3, -2), noon('2026-12-29'), noon('2026-12-30'), ...days.slice(-1)];
    const rules: KeepRule[] = [{ points: 'last', keepFor: { days: 30 } }];
    expect(kept(points, { rules })).toEqual(['2026-12-29', '2026-12-30-noon', '2026-12-31']);
  });

  test('are not moved by a point whose time is forged, nor by a clock that is slow', () => {
    const rules: KeepRule[] = [{ keepFor: { days: 10 } }];
    const now = '2026-12-31T04:00:00Z';
    const forged = point('forged', '2999-01-01T00:00:00Z');
    expect(kept([...days, forged], { rules }, { now })).toEqual([
      ...kept(days, { rules }, { now }),
      'forged',
    ]);
    expect(kept(days, { rules }, { now: '2020-01-01T00:00:00Z' })).toHaveLength(365);
    expect(kept(days, { rules }, { now: '2099-01-01T00:00:00Z' })).toHaveLength(10);
  });
});

test('the newest points are kept by their number, whatever their age', () => {
  const points = [
    point('a', '2019-01-01T00:00:00Z'),
    point('b', '2022-01-01T00:00:00Z'),
    point('c', '2026-01-01T00:00:00Z'),
  ];
  expect(planRetention(points, { last: 2 }).expire).toEqual(['a']);
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
