import { DateTime } from 'luxon';
import type { Schedule } from './policy';

/**
 * When backups are due, in the wall time of the schedule's zone. A time that a change to summer time skips
 * runs as much later as the clock jumped; a time that happens twice in autumn runs the first time only.
 */

/**
 * The latest due time at or before `at` (ISO 8601); undefined when the schedule had none in the last eight
 * days.
 */
export function previousDue(schedule: Schedule, at: string): string | undefined {
  const instant = DateTime.fromISO(at, { zone: schedule.timeZone });
  for (const offset of [1, 0, -1, -2, -3, -4, -5, -6, -7, -8]) {
    const due = dueTimesOn(schedule, dayAt(instant, offset)).findLast((time) => time <= instant);
    if (due) return inUtc(due);
  }
  return undefined;
}

/** The first due time after `at` (ISO 8601). */
export function nextDue(schedule: Schedule, at: string): string {
  const instant = DateTime.fromISO(at, { zone: schedule.timeZone });
  for (const offset of [-1, 0, 1, 2, 3, 4, 5, 6, 7, 8]) {
    const due = dueTimesOn(schedule, dayAt(instant, offset)).find((time) => time > instant);
    if (due) return inUtc(due);
  }
  throw new RangeError(`no due time within eight days of ${at}`);
}

/** The beginning of the day that lies `offset` days from that of the instant. */
const dayAt = (instant: DateTime, offset: number) => instant.startOf('day').plus({ days: offset });

const inUtc = (due: DateTime) => due.toUTC().toISO({ suppressMilliseconds: true }) as string;

function dueTimesOn(schedule: Schedule, day: DateTime): DateTime[] {
  switch (schedule.frequency) {
    case 'daily':
      return atTimes(day, schedule.times);
    case 'weekly':
      return schedule.days.some((name) => name === day.setLocale('en').weekdayLong?.toLowerCase())
        ? atTimes(day, schedule.times)
        : [];
    case 'hourly': {
      const start = secondsOf(schedule.window.start);
      const count = Math.floor((schedule.window.hours - 1) / schedule.every) + 1;
      return Array.from({ length: count }, (_, run) =>
        atSecond(day, start + run * schedule.every * 3600),
      ).sort(ascending);
    }
  }
}

const ascending = (a: DateTime, b: DateTime) => a.toMillis() - b.toMillis();

const atTimes = (day: DateTime, times: string[]) =>
  times.map((time) => atSecond(day, secondsOf(time))).sort(ascending);

function secondsOf(time: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number);
  return hours * 3600 + minutes * 60 + seconds;
}

/** Wall time, not elapsed time: 02:00 stays 02:00 on the days when the clocks change. */
function atSecond(day: DateTime, second: number): DateTime {
  return day.plus({ days: Math.floor(second / 86_400) }).set({
    hour: Math.floor((second % 86_400) / 3600),
    minute: Math.floor((second % 3600) / 60),
    second: second % 60,
  });
}
