import { IANAZone } from 'luxon';
import { nextDue, previousDue } from '../../src/policies/schedule';
import type { Schedule } from '../../src/policies/schedule-document';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const FROM = Date.UTC(2026, 0, 1);
const TO = Date.UTC(2036, 0, 1);
/** No zone changes its clocks twice within so long a time; what changes in between is found by bisection. */
const STEP = 5 * DAY;

interface Transition {
  /** The first instant with the offset after it; offsets in minutes. */
  at: number;
  before: number;
  after: number;
}

/** Where the offset of a zone changes, in whole minutes of UTC. */
function transitionsOf(zone: string): Transition[] {
  const iana = IANAZone.create(zone);
  const offset = (at: number) => iana.offset(at);
  const found: Transition[] = [];
  for (let from = FROM; from < TO; from += STEP) {
    const [before, after] = [offset(from), offset(from + STEP)];
    if (before === after) continue;
    let [low, high] = [from / MINUTE, (from + STEP) / MINUTE];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (offset(middle * MINUTE) === before) low = middle;
      else high = middle;
    }
    found.push({ at: high * MINUTE, before, after });
  }
  return found;
}

const atMinute = (minute: number): string =>
  [Math.floor(minute / 60) % 24, minute % 60].map((part) => String(part).padStart(2, '0')).join(':');

const timesEvery = (minutes: number): string[] =>
  Array.from({ length: (24 * 60) / minutes }, (_, index) => atMinute(index * minutes));

/** With the hours around a change in which each is looked at. */
const schedules = (zone: string): { schedule: Schedule; hours: number }[] => [
  { schedule: { frequency: 'daily', times: timesEvery(30), timeZone: zone }, hours: 4 },
  {
    schedule: { frequency: 'daily', times: ['23:59:59', '00:00', '00:30', '02:15'], timeZone: zone },
    hours: 26,
  },
  {
    schedule: { frequency: 'hourly', every: 2, window: { start: '21:00', hours: 10 }, timeZone: zone },
    hours: 26,
  },
];

/** The wall times, as seconds of a day, at which a schedule runs; from 86,400 on they are the next day's. */
const secondsOf = (schedule: Schedule): number[] =>
  schedule.frequency === 'hourly'
    ? [21, 23, 25, 27, 29].map((hour) => hour * 3600)
    : schedule.times.map((time) => {
        const [hours, minutes, seconds = 0] = time.split(':').map(Number);
        return hours! * 3600 + minutes! * 60 + seconds;
      });

/**
 * The rule in other words: clocks go on at the old offset until the transition and at the new one from then
 * on. A wall time is shown by the one, by the other, or by both, and then the earlier counts; what is shown
 * by neither has the instant that the old offset gives it.
 */
function expectedDue(schedule: Schedule, { at, before, after }: Transition, from: number, to: number) {
  const expected = new Set<number>();
  for (let day = Math.floor(from / DAY) - 3; day <= Math.floor(to / DAY) + 2; day++) {
    for (const second of secondsOf(schedule)) {
      const wall = day * DAY + second * 1000;
      const byOld = wall - before * MINUTE;
      const byNew = wall - after * MINUTE;
      expected.add(byOld < at ? byOld : byNew >= at ? byNew : byOld);
    }
  }
  return [...expected].filter((due) => due > from && due <= to).sort((a, b) => a - b);
}

const iso = (instant: number) => new Date(instant).toISOString();

function walk(schedule: Schedule, from: number, to: number): number[] {
  const due: number[] = [];
  for (let at = Date.parse(nextDue(schedule, iso(from))); at <= to; ) {
    due.push(at);
    at = Date.parse(nextDue(schedule, iso(at)));
  }
  return due;
}

test('in every zone, at every change of its clocks in ten years, each due time comes once', () => {
  const zones = Intl.supportedValuesOf('timeZone');
  expect(zones.length).toBeGreaterThan(400);
  // A zone is its offsets: those with the same changes are one to the schedules.
  const byOffsets = new Map<string, { zone: string; transitions: Transition[] }>();
  for (const zone of zones) {
    const transitions = transitionsOf(zone);
    const key = JSON.stringify([IANAZone.create(zone).offset(FROM), transitions]);
    byOffsets.set(key, byOffsets.get(key) ?? { zone, transitions });
  }
  let walked = 0;
  for (const { zone, transitions } of byOffsets.values()) {
    for (const transition of transitions) {
      for (const { schedule, hours } of schedules(zone)) {
        const [from, to] = [transition.at - hours * HOUR, transition.at + hours * HOUR];
        const due = walk(schedule, from, to);
        const place = { zone, at: iso(transition.at), schedule };
        expect({ ...place, due: due.map(iso) }).toEqual({
          ...place,
          due: expectedDue(schedule, transition, from, to).map(iso),
        });
        for (const [index, time] of due.entries()) {
          expect(previousDue(schedule, iso(time))).toBe(iso(time).replace('.000', ''));
          const before = due[index - 1];
          if (before !== undefined)
            expect(previousDue(schedule, iso(time - 1000))).toBe(iso(before).replace('.000', ''));
        }
      }
      walked += 1;
    }
  }
  // Some sixty kinds of zones change their clocks, most of them twice a year.
  expect(walked).toBeGreaterThan(500);
}, 300_000);

test('a day that is skipped altogether leaves no schedule without its run', () => {
  // Apia went from 29 to 31 December 2011.
  const friday: Schedule = {
    frequency: 'weekly',
    days: ['friday'],
    times: ['02:00'],
    timeZone: 'Pacific/Apia',
  };
  expect(nextDue(friday, '2011-12-28T00:00:00Z')).toBe('2011-12-30T12:00:00Z');
  expect(previousDue(friday, '2011-12-31T00:00:00Z')).toBe('2011-12-30T12:00:00Z');
});
