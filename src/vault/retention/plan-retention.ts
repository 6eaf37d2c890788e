import { DateTime } from 'luxon';
import { dayOf } from '../../basics/calendar';
import { wallClock } from '../../basics/wall-clock';
import { endOf, type KeepRule, reasonOf, selects } from './keep-rule';

/**
 * How many days, weeks, months and years that have a point keep one, and which days of the calendar keep
 * theirs. A rule that is left out keeps nothing.
 */
export interface RetentionRules {
  /** Every point of the newest N days that have one. */
  daily?: number;
  /** The newest point of each of the newest N weeks (Monday to Sunday) that have one. */
  weekly?: number;
  /** The same by month. */
  monthly?: number;
  /** The same by year. */
  yearly?: number;
  /** The newest N points. */
  last?: number;
  /** Points of chosen days, for a time that is counted from their day to the day of the newest point. */
  rules?: KeepRule[];
}

/** What retention needs to know of a complete recovery point. */
export interface RetainedPoint {
  pointId: string;
  /** The instant it shows, ISO 8601 UTC. */
  snapshotTime: string;
  /** Until when it is kept at least, where somebody has said so; ISO 8601 UTC. */
  retainUntil?: string;
  /** Why it is held, if it is. */
  hold?: string;
  /** The due time that a scheduled point serves, ISO 8601 UTC: Sunday's point is Sunday's, however late. */
  dueAt?: string;
}

export interface CountingFrom {
  /** IANA zone in which days, weeks, months and years begin. */
  timeZone?: string;
  /**
   * The storage service's time, ISO 8601: nothing is counted from a later moment, so that a point with a
   * forged time lets no other one go.
   */
  now?: string;
}

export interface KeptPoint {
  pointId: string;
  /** Why it stays, for people to read: `newest`, `day 2026-11-23`, `week 2026-W48`, … */
  reasons: string[];
}

export interface RetentionPlan {
  keep: KeptPoint[];
  /** Oldest first. */
  expire: string[];
}

const BUCKETS = [
  { rule: 'daily', word: 'day', format: 'yyyy-MM-dd' },
  { rule: 'weekly', word: 'week', format: "kkkk-'W'WW" },
  { rule: 'monthly', word: 'month', format: 'yyyy-MM' },
  { rule: 'yearly', word: 'year', format: 'yyyy' },
] as const;

/**
 * Decides which complete points of one VM stay, and why. Counts days, weeks, months and years that have a
 * point, from the newest point back: no clock decides what goes, so a wrong one cannot expire anything, and a
 * VM that is no longer backed up keeps what it has. The newest point always stays.
 */
export function planRetention(
  points: readonly RetainedPoint[],
  rules: RetentionRules,
  { timeZone = 'utc', now }: CountingFrom = {},
): RetentionPlan {
  const newestFirst = [...points].sort(newerFirst);
  const [newest] = newestFirst;
  const reasons = new Map<string, string[]>(newestFirst.map(({ pointId }) => [pointId, []]));
  const keep: Keep = ({ pointId }, reason) => reasons.get(pointId)?.push(reason);

  if (newest) keep(newest, 'newest');
  const from = newestFirst.find(({ snapshotTime }) => now === undefined || isUpTo(snapshotTime, now));
  for (const point of newestFirst) {
    const { retainUntil, hold } = point;
    if (hold !== undefined) keep(point, `held: ${hold}`);
    if (!from) keep(point, 'its time has not come');
    else if (retainUntil && !isUpTo(retainUntil, from.snapshotTime))
      keep(point, `retained until ${retainUntil}`);
  }
  for (const point of newestFirst.slice(0, rules.last ?? 0)) keep(point, `newest ${rules.last}`);
  keepByCount(newestFirst, rules, timeZone, keep);
  if (from) keepByCalendar(newestFirst, rules.rules ?? [], from, timeZone, keep);

  const oldestFirst = newestFirst.reverse();
  return {
    keep: oldestFirst
      .map(({ pointId }) => ({ pointId, reasons: reasons.get(pointId) ?? [] }))
      .filter((kept) => kept.reasons.length > 0),
    expire: oldestFirst
      .filter(({ pointId }) => reasons.get(pointId)?.length === 0)
      .map(({ pointId }) => pointId),
  };
}

type Keep = (point: RetainedPoint, reason: string) => void;

const isUpTo = (time: string, end: string): boolean => Date.parse(time) <= Date.parse(end);

function keepByCount(
  newestFirst: readonly RetainedPoint[],
  rules: RetentionRules,
  timeZone: string,
  keep: Keep,
): void {
  for (const { rule, word, format } of BUCKETS) {
    const seen = new Set<string>();
    if (rules[rule] === undefined) continue;
    for (const point of newestFirst) {
      const bucket = DateTime.fromISO(point.snapshotTime, { zone: timeZone }).toFormat(format);
      const fresh = !seen.has(bucket);
      if (fresh && seen.size >= rules[rule]) break;
      seen.add(bucket);
      if (fresh || rule === 'daily') keep(point, `${word} ${bucket}`);
    }
  }
}

/**
 * A point counts on the day for which it was due. One on demand counts where nothing else is there: it has an
 * end of its own, and must not take the place of a scheduled one.
 */
function keepByCalendar(
  newestFirst: readonly RetainedPoint[],
  rules: readonly KeepRule[],
  from: RetainedPoint,
  timeZone: string,
  keep: Keep,
): void {
  if (rules.length === 0) return;
  const clock = wallClock(timeZone);
  const dayOfPoint = ({ dueAt, snapshotTime }: RetainedPoint) =>
    dayOf(clock.timeAt(Date.parse(dueAt ?? snapshotTime)));
  const today = dayOfPoint(from);
  const days = new Map<number, RetainedPoint[]>();
  for (const point of newestFirst) {
    const day = dayOfPoint(point);
    days.set(day, [...(days.get(day) ?? []), point]);
  }
  for (const [day, ofDay] of days) {
    const scheduled = ofDay.filter(({ retainUntil }) => retainUntil === undefined);
    const counting = scheduled.length > 0 ? scheduled : ofDay;
    for (const rule of rules) {
      if (endOf(rule.keepFor, day) <= today || !selects(rule, day)) continue;
      const chosen = rule.points === 'last' ? counting.slice(0, 1) : counting;
      for (const point of chosen) keep(point, reasonOf(rule, day));
    }
  }
}

function newerFirst(a: RetainedPoint, b: RetainedPoint): number {
  return Date.parse(b.snapshotTime) - Date.parse(a.snapshotTime) || (a.pointId < b.pointId ? 1 : -1);
}
