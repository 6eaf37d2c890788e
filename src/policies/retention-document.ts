import { z } from 'zod';
import { MONTHS, WEEKS_OF_MONTH } from '../vault/retention/keep-rule';
import { Weekday } from './schedule-document';

const span = (days: number, weeks: number, months: number, years: number) =>
  z.union(
    [
      z.strictObject({ days: z.int().min(1).max(days) }),
      z.strictObject({ weeks: z.int().min(1).max(weeks) }),
      z.strictObject({ months: z.int().min(1).max(months) }),
      z.strictObject({ years: z.int().min(1).max(years) }),
    ],
    `not one of {"days": 1 to ${days}}, {"weeks": 1 to ${weeks}}, {"months": 1 to ${months}}, {"years": 1 to ${years}}`,
  );

/** Whose points are kept, and for how long. Every condition that is given must hold. */
export const KeepRule = z.strictObject({
  /** Points of these days of the week; of every day when neither weekdays nor days of the month are given. */
  weekdays: z.array(Weekday).min(1).max(7).optional(),
  /** Only these of the month: `first` with `sunday` is the month's first Sunday. */
  weeks: z.array(z.enum(WEEKS_OF_MONTH)).min(1).max(5).optional(),
  /** Points of these days of the month; a month without such a day has none. */
  daysOfMonth: z
    .array(z.union([z.int().min(1).max(31), z.literal('last')], 'not a day from 1 to 31, or "last"'))
    .min(1)
    .max(32)
    .optional(),
  months: z.array(z.enum(MONTHS)).min(1).max(12).optional(),
  /** Every point of such a day (the default), or its last one. */
  points: z.enum(['all', 'last']).optional(),
  /** Counted from the day that a point was due to the day of the newest point. */
  keepFor: span(9999, 5163, 1188, 99),
});

/** How long points are kept: a point stays as long as any of these wants it. */
export const Retention = z.strictObject({
  daily: z.int().min(1).max(9999).optional(),
  weekly: z.int().min(1).max(5163).optional(),
  monthly: z.int().min(1).max(1188).optional(),
  yearly: z.int().min(1).max(99).optional(),
  /** The newest points, so many of them. */
  last: z.int().min(1).max(9999).optional(),
  rules: z.array(KeepRule).min(1).max(32).optional(),
});
export type Retention = z.output<typeof Retention>;
