import type { BackupPolicy } from '../../../src/policies/policy';

/**
 * What the written rules say, worked out the slow way and on its own: wall clocks come from Intl, minute by
 * minute; the app uses Luxon and leaps. Times are milliseconds since 1970.
 */
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

interface Wall {
  date: string;
  time: string;
  weekday: string;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function wallOf(at: number, timeZone: string): Wall {
  const format =
    formats.get(timeZone) ??
    new Intl.DateTimeFormat('en-GB', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      weekday: 'long',
      hourCycle: 'h23',
    });
  formats.set(timeZone, format);
  const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  return {
    date: `${part.year}-${part.month}-${part.day}`,
    time: `${part.hour}:${part.minute}`,
    weekday: String(part.weekday).toLowerCase(),
  };
}

/** Every due time in [from, to), for schedules on whole half hours. */
export function dueTimes({ schedule }: BackupPolicy, from: number, to: number): number[] {
  const walls: { at: number; wall: Wall }[] = [];
  const start = Math.floor(from / (30 * MINUTE)) * 30 * MINUTE - 2 * DAY;
  for (let at = start; at < to + 2 * DAY; at += 30 * MINUTE) {
    walls.push({ at, wall: wallOf(at, schedule.timeZone) });
  }
  const due = new Set<number>();
  for (const date of new Set(walls.map(({ wall }) => wall.date))) {
    const day = walls.filter(({ wall }) => wall.date === date);
    const weekday = day[0]?.wall.weekday ?? '';
    if (schedule.frequency === 'weekly' && !schedule.days.some((name) => name === weekday)) continue;
    for (const { time, days } of timesOf(schedule)) {
      const target =
        days === 0 ? date : wallOf((day[0]?.at ?? 0) + days * DAY + 2 * HOUR, schedule.timeZone).date;
      due.add(instantOf(walls, target, time));
    }
  }
  return [...due].filter((at) => at >= from && at < to).sort((a, b) => a - b);
}

function timesOf(schedule: BackupPolicy['schedule']): { time: string; days: number }[] {
  if (schedule.frequency !== 'hourly') return schedule.times.map((time) => ({ time, days: 0 }));
  const [hour = 0, minute = 0] = schedule.window.start.split(':').map(Number);
  const times = [];
  for (let passed = 0; passed < schedule.window.hours; passed += schedule.every) {
    const total = hour + passed;
    times.push({
      time: `${String(total % 24).padStart(2, '0')}:${String(minute).padStart(2, '0')}`,
      days: Math.floor(total / 24),
    });
  }
  return times;
}

/**
 * The first moment of that date that shows the time; where the clock leapt over it, as much later as it leapt
 * (an hour).
 */
function instantOf(walls: { at: number; wall: Wall }[], date: string, time: string): number {
  const shown = walls.find(({ wall }) => wall.date === date && wall.time === time);
  if (shown) return shown.at;
  const [hour = 0, minute = '00'] = time.split(':');
  const later = `${String(Number(hour) + 1).padStart(2, '0')}:${minute}`;
  return walls.find(({ wall }) => wall.date === date && wall.time === later)?.at ?? Number.NaN;
}

/** What the clocks did at a due time, if anything. */
export function oddHour(due: number, { schedule }: BackupPolicy): 'skipped' | 'repeated' | undefined {
  const { date, time } = wallOf(due, schedule.timeZone);
  if (!timesOf(schedule).some((one) => one.time === time)) return 'skipped';
  const later = wallOf(due + HOUR, schedule.timeZone);
  return later.date === date && later.time === time ? 'repeated' : undefined;
}

/** A point as the rules see it. */
export interface OraclePoint {
  id: string;
  at: number;
  /** End of its own retention, when it was made on demand. */
  retainUntil?: number;
}

/** Why a point is kept. */
export type Rule = 'newest' | 'day' | 'week' | 'month' | 'year' | 'term';

/**
 * The points that the rules keep, and why: the newest always, and by days, weeks, months and years that have
 * a point.
 */
export function kept(points: OraclePoint[], { retention, schedule }: BackupPolicy): Map<OraclePoint, Rule[]> {
  const newest = points.reduce<OraclePoint | undefined>((a, b) => (a && a.at > b.at ? a : b), undefined);
  const dateOf = ({ at }: OraclePoint) => wallOf(at, schedule.timeZone).date;
  const newestOf = (bucket: (point: OraclePoint) => string, count: number) => {
    const names = [...new Set(points.map(bucket))].sort().reverse().slice(0, count);
    return names.map((name) =>
      points.filter((point) => bucket(point) === name).reduce((a, b) => (a.at > b.at ? a : b)),
    );
  };
  const days = [...new Set(points.map(dateOf))]
    .sort()
    .reverse()
    .slice(0, retention.daily ?? 0);
  const keeps: Record<Rule, OraclePoint[]> = {
    newest: newest ? [newest] : [],
    day: points.filter((point) => days.includes(dateOf(point))),
    week: newestOf((point) => mondayOf(dateOf(point)), retention.weekly ?? 0),
    month: newestOf((point) => dateOf(point).slice(0, 7), retention.monthly ?? 0),
    year: newestOf((point) => dateOf(point).slice(0, 4), retention.yearly ?? 0),
    term: points.filter(({ retainUntil }) => retainUntil !== undefined && newest && retainUntil > newest.at),
  };
  const rules = Object.keys(keeps) as Rule[];
  const reasons = points.map(
    (point) => [point, rules.filter((rule) => keeps[rule].includes(point))] as const,
  );
  return new Map(reasons.flatMap(([point, why]) => (why.length > 0 ? [[point, why]] : [])));
}

function mondayOf(date: string): string {
  const noon = Date.parse(`${date}T12:00:00Z`);
  const back = (new Date(noon).getUTCDay() + 6) % 7;
  return new Date(noon - back * DAY).toISOString().slice(0, 10);
}
