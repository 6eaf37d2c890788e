import {
  addMonths,
  dateOf,
  daysInMonth,
  isoDate,
  WEEKDAYS,
  type Weekday,
  weekdayOf,
} from '../../basics/calendar';

export const WEEKS_OF_MONTH = ['first', 'second', 'third', 'fourth', 'last'] as const;
export type WeekOfMonth = (typeof WEEKS_OF_MONTH)[number];

export const MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
] as const;
export type Month = (typeof MONTHS)[number];

export type KeepFor = { days: number } | { weeks: number } | { months: number } | { years: number };

/** Keeps the points of some days of the calendar for a time. Every condition that is given must hold. */
export interface KeepRule {
  weekdays?: Weekday[];
  /** Which of the month's: `first` is its days 1 to 7, `last` its last seven. */
  weeks?: WeekOfMonth[];
  daysOfMonth?: (number | 'last')[];
  months?: Month[];
  /** Every point of a day, which is the default, or its last one. */
  points?: 'all' | 'last';
  keepFor: KeepFor;
}

/** Whether a rule is about a day, counted from 1970. */
export function selects({ weekdays, weeks, daysOfMonth, months }: KeepRule, day: number): boolean {
  const date = dateOf(day);
  const length = daysInMonth(date);
  const isWeekday = weekdays?.some((name) => WEEKDAYS.indexOf(name) === weekdayOf(day)) ?? true;
  const isWeek = weeks?.some((week) => isInWeek(week, date.day, length)) ?? true;
  const isDay = daysOfMonth?.some((one) => (one === 'last' ? length : one) === date.day) ?? true;
  const isMonth = months?.some((name) => MONTHS.indexOf(name) === date.month - 1) ?? true;
  return isWeekday && isWeek && isDay && isMonth;
}

const isInWeek = (week: WeekOfMonth, day: number, length: number): boolean =>
  week === 'last' ? day > length - 7 : WEEKS_OF_MONTH.indexOf(week) === Math.ceil(day / 7) - 1;

/** The first day on which a point of `day` is not kept any more. */
export function endOf(keepFor: KeepFor, day: number): number {
  if ('days' in keepFor) return day + keepFor.days;
  if ('weeks' in keepFor) return day + 7 * keepFor.weeks;
  return addMonths(day, 'months' in keepFor ? keepFor.months : 12 * keepFor.years);
}

/** Why a point stays, for people to read: `sunday of first week, for 12 months, until 2027-01-03`. */
export function reasonOf({ weekdays, weeks, daysOfMonth, months, keepFor }: KeepRule, day: number): string {
  const [[unit = 'days', count = 0] = []] = Object.entries(keepFor);
  const which = [
    weekdays?.join(' or '),
    weeks && `of ${weeks.join(' or ')} week`,
    daysOfMonth && `day ${daysOfMonth.join(' or ')} of the month`,
    months && `in ${months.join(' or ')}`,
  ].filter((words) => words !== undefined);
  const time = `for ${count} ${count === 1 ? unit.slice(0, -1) : unit}`;
  return `${[which.join(' '), time].filter((words) => words !== '').join(', ')}, until ${isoDate(endOf(keepFor, day))}`;
}
