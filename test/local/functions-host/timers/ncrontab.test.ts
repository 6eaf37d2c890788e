import fc from 'fast-check';
import { parseNcrontab } from '../../../../local/functions-host/timers/ncrontab';
import { isMonitored, parseSchedule } from '../../../../local/functions-host/timers/schedule';

const next = (expression: string, after: string) => {
  const time = parseNcrontab(expression)(new Date(after).getTime());
  return time === undefined ? undefined : local(new Date(time));
};
const local = (date: Date) => {
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
};

test.each([
  ['*/2 * * * * *', '2030-01-01T00:00:00.500', '2030-01-01 00:00:02'],
  ['0 0 2 * * *', '2030-01-01T02:00:00', '2030-01-02 02:00:00'],
  ['0 0 2 * * *', '2030-01-01T01:59:59.999', '2030-01-01 02:00:00'],
  ['*/5 * * * *', '2030-01-01T00:01:00', '2030-01-01 00:05:00'],
  ['0 10/20 * * * *', '2030-01-01T00:31:00', '2030-01-01 00:50:00'],
  ['0 0 20-8/6 * * *', '2030-01-01T00:00:00', '2030-01-01 08:00:00'],
  ['0 0 0 * feb mon', '2030-01-01T00:00:00', '2030-02-04 00:00:00'],
  ['0 0 0 * September Su', '2030-01-01T00:00:00', '2030-09-01 00:00:00'],
  ['0 0 0 13 * 5', '2030-01-01T00:00:00', '2030-09-13 00:00:00'],
  ['0 0 0 29 2 *', '2030-01-01T00:00:00', '2032-02-29 00:00:00'],
  ['59 59 23 31 12 *', '2030-12-31T23:59:58', '2030-12-31 23:59:59'],
  ['0 0 0 * * 0', '2030-01-01T00:00:00', '2030-01-06 00:00:00'],
  ['1,2,40-42 * * * * *', '2030-01-01T00:00:02', '2030-01-01 00:00:40'],
])('"%s" after %s is %s', (expression, after, expected) => {
  expect(next(expression, after)).toBe(expected);
});

test('a date that never comes has no next time', () => {
  expect(next('0 0 0 31 2 *', '2030-01-01T00:00:00')).toBeUndefined();
});

test.each([
  '0 0 0 * * 7',
  '0 0 0 ? * *',
  '0 0 0 L * *',
  '60 * * * * *',
  '* * * *',
  '0 0 0 * * mo-',
  '*/0 * * * * *',
  'a',
])('"%s" is refused', (expression) => {
  expect(() => parseNcrontab(expression)).toThrow(/cannot be read/);
});

test('the next time is strictly later, matches, and nothing between matches', () => {
  const field = (least: number, most: number) =>
    fc.oneof(
      fc.constant('*'),
      fc.integer({ min: least, max: most }).map(String),
      fc.integer({ min: 2, max: 20 }).map((step) => `*/${step}`),
    );
  const expression = fc
    .tuple(field(0, 59), field(0, 59), field(0, 23))
    .map((fields) => `${fields.join(' ')} * * *`);
  fc.assert(
    fc.property(expression, fc.integer({ min: 0, max: 365 * 24 * 3600 }), (text, second) => {
      const schedule = parseNcrontab(text);
      const after = Date.UTC(2030, 0, 1) + second * 1000;
      const found = schedule(after) ?? Number.NaN;
      expect(found).toBeGreaterThan(after);
      expect(schedule(found - 1)).toBe(found);
      const between = after + Math.floor((found - after) / 2000) * 1000;
      expect(schedule(between)).toBe(found);
    }),
  );
});

test('a schedule may be a time span, or name a setting between percent signs', () => {
  const now = Date.UTC(2030, 0, 1);
  expect(parseSchedule('00:00:10', {}).next(now)).toBe(now + 10_000);
  expect(parseSchedule('1.00:00:00', {}).next(now)).toBe(now + 24 * 3600 * 1000);
  expect(parseSchedule('%EVERY%', { EVERY: '*/2 * * * * *' }).next(now)).toBe(now + 2000);
  expect(() => parseSchedule('%EVERY%', {})).toThrow(/"EVERY", which is not set/);
});

test('schedules below a minute are not monitored', () => {
  const now = Date.UTC(2030, 0, 1);
  expect(isMonitored(parseSchedule('*/30 * * * * *', {}), now)).toBe(false);
  expect(isMonitored(parseSchedule('0 * * * * *', {}), now)).toBe(true);
});
