import { DAY_MS, dayOf, modulo, WEEKDAYS, weekdayOf, weekOf } from '../basics/calendar';
import { wallClock } from '../basics/wall-clock';
import type { Schedule } from './schedule-document';

/**
 * When backups are due, in the wall time of the schedule's zone. A time that a change of the clocks skips
 * runs as much later as they jumped; a time that happens twice runs the first time only. So the times of one
 * day may fall behind those of the next: two days more are looked at than the one that has a due time.
 */

/**
 * The latest due time at or before `at` (ISO 8601); undefined when the schedule had none for longer than it
 * ever pauses.
 */
export function previousDue(schedule: Schedule, at: string): string | undefined {
  const { today, dueOn } = daysOf(schedule, at);
  const instant = Date.parse(at);
  const past = (day: number) => dueOn(day).filter((time) => time <= instant);
  for (let day = today + 1; day >= today - reachOf(schedule); day--) {
    const due = past(day);
    if (due.length > 0) return inUtc(Math.max(...due, ...past(day - 1), ...past(day - 2)));
  }
  return undefined;
}

/** The first due time after `at` (ISO 8601). */
export function nextDue(schedule: Schedule, at: string): string {
  const { today, dueOn } = daysOf(schedule, at);
  const instant = Date.parse(at);
  const coming = (day: number) => dueOn(day).filter((time) => time > instant);
  for (let day = today - 2; day <= today + reachOf(schedule); day++) {
    const due = coming(day);
    if (due.length > 0) return inUtc(Math.min(...due, ...coming(day + 1), ...coming(day + 2)));
  }
  throw new RangeError(`no due time within ${reachOf(schedule)} days of ${at}`);
}

/** More days than lie between any two due times. */
const reachOf = (schedule: Schedule): number =>
  schedule.frequency === 'weekly' ? 7 * (schedule.every ?? 1) + 8 : 3;

function daysOf(schedule: Schedule, at: string) {
  const clock = wallClock(schedule.timeZone);
  const seconds = secondsOfDay(schedule);
  const isRunDay = runDays(schedule);
  return {
    today: dayOf(clock.timeAt(Date.parse(at))),
    dueOn: (day: number) =>
      isRunDay(day) ? seconds.map((second) => clock.instantOf(day * DAY_MS + second * 1000)) : [],
  };
}

const inUtc = (instant: number): string => `${new Date(instant).toISOString().slice(0, 19)}Z`;

/** Which days, counted from 1970 in the schedule’s zone, have due times. */
export function runDays(schedule: Schedule): (day: number) => boolean {
  if (schedule.frequency !== 'weekly') return () => true;
  const { days, every = 1, inWeekOf } = schedule;
  const weekdays = new Set(days.map((name) => WEEKDAYS.indexOf(name)));
  const first = inWeekOf === undefined ? 0 : weekOf(dayOf(Date.parse(inWeekOf)));
  return (day) => weekdays.has(weekdayOf(day)) && modulo(weekOf(day) - first, every) === 0;
}

/** The due times of a day, in seconds after its midnight; those of a window may lie on the day after. */
function secondsOfDay(schedule: Schedule): number[] {
  if (schedule.frequency !== 'hourly') return schedule.times.map(secondsOf);
  const { every, window } = schedule;
  const count = Math.floor((window.hours - 1) / every) + 1;
  return Array.from({ length: count }, (_, run) => secondsOf(window.start) + run * every * 3600);
}

function secondsOf(time: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number);
  return hours * 3600 + minutes * 60 + seconds;
}
