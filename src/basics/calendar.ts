/** Days are counted from 1 January 1970, a Thursday, in the Gregorian calendar and without a zone. */
export const DAY_MS = 86_400_000;

export interface CalendarDate {
  year: number;
  /** 1 to 12. */
  month: number;
  /** 1 to 31. */
  day: number;
}

export const dayOf = (wallTime: number): number => Math.floor(wallTime / DAY_MS);

export function dateOf(day: number): CalendarDate {
  const date = new Date(day * DAY_MS);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

/** In the order of the week, and of `weekdayOf`. */
export const WEEKDAYS = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** 0 is Monday, 6 is Sunday. */
export const weekdayOf = (day: number): number => modulo(day + 3, 7);

/** Weeks begin on Monday; those that follow one another have numbers that follow one another. */
export const weekOf = (day: number): number => Math.floor((day + 3) / 7);

export const daysInMonth = ({ year, month }: Pick<CalendarDate, 'year' | 'month'>): number =>
  new Date(Date.UTC(year, month, 0)).getUTCDate();

/** The same day so many months later; the last one of a month that has no such day. */
export function addMonths(day: number, months: number): number {
  const { year, month, day: dayOfMonth } = dateOf(day);
  const there = dateOf(dayOf(Date.UTC(year, month - 1 + months, 1)));
  return dayOf(Date.UTC(there.year, there.month - 1, Math.min(dayOfMonth, daysInMonth(there))));
}

/** `2026-03-01`. */
export const isoDate = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

export const modulo = (value: number, by: number): number => ((value % by) + by) % by;
