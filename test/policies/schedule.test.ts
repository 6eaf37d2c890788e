import fc from 'fast-check';
import { DateTime } from 'luxon';
import { nextDue, previousDue } from '../../src/policies/schedule';
import type { Schedule } from '../../src/policies/schedule-document';

const daily = (times: string[], timeZone: string): Schedule => ({ frequency: 'daily', times, timeZone });

describe('a daily schedule', () => {
  const berlin = daily(['02:30'], 'Europe/Berlin');

  test('is due at its wall time, in summer and in winter', () => {
    expect(nextDue(berlin, '2026-01-10T12:00:00Z')).toBe('2026-01-11T01:30:00Z');
    expect(nextDue(berlin, '2026-07-10T12:00:00Z')).toBe('2026-07-11T00:30:00Z');
  });

  test('runs later on the day when the clocks skip its time', () => {
    expect(nextDue(berlin, '2026-03-28T12:00:00Z')).toBe('2026-03-29T01:30:00Z');
    expect(previousDue(berlin, '2026-03-29T12:00:00Z')).toBe('2026-03-29T01:30:00Z');
  });

  test('runs once on the day when its time happens twice', () => {
    const first = nextDue(berlin, '2026-10-24T12:00:00Z');
    expect(first).toBe('2026-10-25T00:30:00Z');
    expect(nextDue(berlin, first)).toBe('2026-10-26T01:30:00Z');
  });

  test('counts the due time itself as reached', () => {
    expect(previousDue(berlin, '2026-01-11T01:30:00Z')).toBe('2026-01-11T01:30:00Z');
    expect(previousDue(berlin, '2026-01-11T01:29:59Z')).toBe('2026-01-10T01:30:00Z');
  });

  test('knows 29 February', () => {
    expect(nextDue(daily(['12:00'], 'UTC'), '2028-02-28T12:00:00Z')).toBe('2028-02-29T12:00:00Z');
  });

  test('takes seconds, and several times a day in any order', () => {
    const twice = daily(['18:00:30', '06:00'], 'UTC');
    expect(nextDue(twice, '2026-01-01T06:00:00Z')).toBe('2026-01-01T18:00:30Z');
    expect(previousDue(twice, '2026-01-01T05:00:00Z')).toBe('2025-12-31T18:00:30Z');
  });
});

test('a weekly schedule is due on its days only', () => {
  const weekly: Schedule = {
    frequency: 'weekly',
    days: ['sunday', 'wednesday'],
    times: ['23:00'],
    timeZone: 'UTC',
  };
  expect(nextDue(weekly, '2026-11-23T00:00:00Z')).toBe('2026-11-25T23:00:00Z');
  expect(previousDue(weekly, '2026-11-23T00:00:00Z')).toBe('2026-11-22T23:00:00Z');
});

test('an hourly schedule runs inside its window, also over midnight', () => {
  const hourly: Schedule = {
    frequency: 'hourly',
    every: 4,
    window: { start: '20:00', hours: 9 },
    timeZone: 'UTC',
  };
  const due = [
    '2026-01-01T20:00:00Z',
    '2026-01-02T00:00:00Z',
    '2026-01-02T04:00:00Z',
    '2026-01-02T20:00:00Z',
  ];
  due.slice(1).forEach((next, index) => {
    expect(nextDue(hourly, due[index]!)).toBe(next);
  });
});

test('previous and next due times enclose every instant, in every zone', () => {
  const instant = fc.date({ min: new Date('2024-01-01'), max: new Date('2030-01-01'), noInvalidDate: true });
  const zone = fc.constantFrom(
    'UTC',
    'Europe/Berlin',
    'America/New_York',
    'Australia/Lord_Howe',
    'Asia/Kathmandu',
  );
  const time = fc
    .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
    .map((parts) => parts.map((part) => String(part).padStart(2, '0')).join(':'));
  fc.assert(
    fc.property(instant, zone, fc.array(time, { minLength: 1, maxLength: 4 }), (at, timeZone, times) => {
      const schedule = daily(times, timeZone);
      const iso = at.toISOString();
      const previous = previousDue(schedule, iso)!;
      const next = nextDue(schedule, iso);
      expect(Date.parse(previous)).toBeLessThanOrEqual(at.getTime());
      expect(Date.parse(next)).toBeGreaterThan(at.getTime());
      expect(nextDue(schedule, previous)).toBe(next);
      const hours = DateTime.fromISO(next).diff(DateTime.fromISO(previous), 'hours').hours;
      expect(hours).toBeLessThanOrEqual(25.5);
    }),
  );
});

describe('every second week', () => {
  const biweekly: Schedule = {
    frequency: 'weekly',
    days: ['monday', 'friday'],
    times: ['22:00'],
    timeZone: 'Europe/Berlin',
    every: 2,
    inWeekOf: '2026-01-07',
  };

  test('counts from the week that is named, forwards and backwards', () => {
    const due = ['2026-01-05', '2026-01-09', '2026-01-19', '2026-01-23', '2026-02-02'];
    expect(nextDue(biweekly, '2025-12-27T00:00:00Z')).toBe('2026-01-05T21:00:00Z');
    expect(previousDue(biweekly, '2026-01-04T00:00:00Z')).toBe('2025-12-26T21:00:00Z');
    due.slice(1).forEach((day, index) => {
      expect(nextDue(biweekly, `${due[index]}T21:00:00Z`)).toBe(`${day}T21:00:00Z`);
    });
  });

  test('goes on over the end of a year with 53 weeks', () => {
    expect(nextDue(biweekly, '2026-12-26T00:00:00Z')).toBe('2027-01-04T21:00:00Z');
  });
});
