import { DateTime } from 'luxon';

/**
 * How many days, weeks, months and years that have a point keep one. A rule that is left out keeps nothing.
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
 * point, from the newest point back: no clock is asked, so a wrong one cannot expire anything, and a VM that
 * is no longer backed up keeps what it has. The newest point always stays.
 */
export function planRetention(
  points: readonly RetainedPoint[],
  rules: RetentionRules,
  timeZone = 'utc',
): RetentionPlan {
  const newestFirst = [...points].sort(newerFirst);
  const [newest] = newestFirst;
  const reasons = new Map<string, string[]>(newestFirst.map(({ pointId }) => [pointId, []]));
  const keep = (pointId: string, reason: string) => reasons.get(pointId)?.push(reason);

  if (newest) keep(newest.pointId, 'newest');
  for (const { pointId, retainUntil, hold } of newestFirst) {
    if (hold !== undefined) keep(pointId, `held: ${hold}`);
    if (newest && retainUntil && Date.parse(retainUntil) > Date.parse(newest.snapshotTime))
      keep(pointId, `retained until ${retainUntil}`);
  }
  for (const { rule, word, format } of BUCKETS) {
    const seen = new Set<string>();
    for (const { pointId, snapshotTime } of newestFirst) {
      const bucket = DateTime.fromISO(snapshotTime, { zone: timeZone }).toFormat(format);
      const fresh = !seen.has(bucket);
      if (fresh && seen.size >= (rules[rule] ?? 0)) break;
      seen.add(bucket);
      if (fresh || rule === 'daily') keep(pointId, `${word} ${bucket}`);
    }
  }
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

function newerFirst(a: RetainedPoint, b: RetainedPoint): number {
  return Date.parse(b.snapshotTime) - Date.parse(a.snapshotTime) || (a.pointId < b.pointId ? 1 : -1);
}
