import { z } from 'zod';
import { WEEKDAYS } from '../basics/calendar';
import { TimeZone } from './time-zone';

export const TimeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/, 'not a time of day such as 02:00 or 02:00:30');

export const Weekday = z.enum(WEEKDAYS);

const Times = z.array(TimeOfDay).min(1).max(24);

const DailySchedule = z.strictObject({
  frequency: z.literal('daily'),
  times: Times,
  timeZone: TimeZone,
});
const WeeklySchedule = z.strictObject({
  frequency: z.literal('weekly'),
  days: z.array(Weekday).min(1).max(7),
  times: Times,
  timeZone: TimeZone,
  /** Runs in every week, or in every second one, and so on. Weeks begin on Monday. */
  every: z.int().min(1).max(52).optional(),
  /** Any day of a week that has backups, past or future: the others are counted from it. */
  inWeekOf: z.iso.date('not a date such as 2026-01-05').optional(),
});
const HourlySchedule = z.strictObject({
  frequency: z.literal('hourly'),
  /** Hours from one backup to the next, inside the window. */
  every: z.int().min(1).max(24),
  window: z.strictObject({ start: TimeOfDay, hours: z.int().min(1).max(24) }),
  timeZone: TimeZone,
});

export const Schedule = z.discriminatedUnion('frequency', [DailySchedule, WeeklySchedule, HourlySchedule]);
export type Schedule = z.output<typeof Schedule>;
