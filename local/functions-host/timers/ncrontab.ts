import { HostError } from '../basics/errors';

/** What one field of an NCRONTAB expression allows. */
type Field = (value: number) => boolean;

interface FieldKind {
  name: string;
  least: number;
  most: number;
  /** Names by their beginnings, for months and days of the week. */
  names?: string[];
}

const MONTHS = 'january february march april may june july august september october november december'.split(
  ' ',
);
const DAYS = 'sunday monday tuesday wednesday thursday friday saturday'.split(' ');

const KINDS: FieldKind[] = [
  { name: 'second', least: 0, most: 59 },
  { name: 'minute', least: 0, most: 59 },
  { name: 'hour', least: 0, most: 23 },
  { name: 'day of month', least: 1, most: 31 },
  { name: 'month', least: 1, most: 12, names: MONTHS },
  { name: 'day of week', least: 0, most: 6, names: DAYS },
];

const SEARCH_YEARS = 10;

/**
 * Reads an NCRONTAB expression: `second minute hour day month day-of-week`, or five fields without seconds.
 * The day of the month AND the day of the week must match (cron would take either); Sunday is 0 only.
 *
 * @returns a function that gives the first matching time strictly after another, in local time; undefined
 *   when there is none within ten years. Times are milliseconds since 1970.
 * @throws HostError naming the field that is wrong.
 */
export function parseNcrontab(expression: string): (after: number) => number | undefined {
  const texts = expression.trim().split(/\s+/);
  if (texts.length === 5) texts.unshift('0');
  if (texts.length !== 6) throw wrong(expression, 'it needs five or six fields');
  const fields = KINDS.map((kind, index) => parseField(texts[index] ?? '', kind, expression));
  const [second, minute, hour, day, month, weekday] = fields as [Field, Field, Field, Field, Field, Field];

  return (after) => {
    let time = new Date(Math.floor(after / 1000) * 1000 + 1000);
    const end = time.getFullYear() + SEARCH_YEARS;
    while (time.getFullYear() <= end) {
      if (!month(time.getMonth() + 1)) time = new Date(time.getFullYear(), time.getMonth() + 1, 1);
      else if (!day(time.getDate()) || !weekday(time.getDay())) {
        time = new Date(time.getFullYear(), time.getMonth(), time.getDate() + 1);
      } else if (!hour(time.getHours())) {
        time = later(time, 3600 - time.getMinutes() * 60 - time.getSeconds());
      } else if (!minute(time.getMinutes())) time = later(time, 60 - time.getSeconds());
      else if (!second(time.getSeconds())) time = later(time, 1);
      else return time.getTime();
    }
    return undefined;
  };
}

function later(time: Date, seconds: number): Date {
  return new Date(time.getTime() + seconds * 1000);
}

function parseField(text: string, kind: FieldKind, expression: string): Field {
  const allowed = new Set<number>();
  for (const item of text.split(',')) {
    const [, range = '', stepText] = /^([^/]+)(?:\/(\d+))?$/.exec(item) ?? [];
    const step = stepText === undefined ? 1 : Number(stepText);
    const [least, most] = parseRange(range, kind, stepText !== undefined, expression);
    if (step < 1) throw wrong(expression, `the step of the ${kind.name} must be above 0`);
    for (let value = least; value <= most; value += step) allowed.add(value);
  }
  return (value) => allowed.has(value);
}

/** `a/n` means from a to the largest value; bounds in the wrong order are swapped. */
function parseRange(text: string, kind: FieldKind, hasStep: boolean, expression: string): [number, number] {
  if (text === '*') return [kind.least, kind.most];
  const [first = '', last] = text.split('-');
  const from = parseValue(first, kind, expression);
  if (last === undefined) return [from, hasStep ? kind.most : from];
  const to = parseValue(last, kind, expression);
  return [Math.min(from, to), Math.max(from, to)];
}

function parseValue(text: string, kind: FieldKind, expression: string): number {
  if (/^\d+$/.test(text)) {
    const value = Number(text);
    if (value >= kind.least && value <= kind.most) return value;
  } else if (/^[a-z]+$/i.test(text)) {
    const index = kind.names?.findIndex((name) => name.startsWith(text.toLowerCase())) ?? -1;
    if (index >= 0) return index + kind.least;
  }
  throw wrong(expression, `"${text}" is no ${kind.name}`);
}

function wrong(expression: string, why: string): HostError {
  return new HostError(
    `The schedule "${expression}" cannot be read: ${why}.`,
    'Write it as "second minute hour day month day-of-week"; ? L W # and 7 for Sunday are not known.',
  );
}
