import { readRetryAfter } from '../../../src/compute/failures/arm-error';

const SENT = 'Sun, 01 Mar 2026 02:00:00 GMT';

test('seconds are seconds, whatever the time is', () => {
  expect(readRetryAfter('33', undefined)).toBe(33);
  expect(readRetryAfter('99999', SENT)).toBe(3600);
});

test('a date is held against the date of the same answer, not against the clock of this host', () => {
  expect(readRetryAfter('Sun, 01 Mar 2026 02:00:40 GMT', SENT)).toBe(40);
  expect(readRetryAfter('Sun, 01 Mar 2026 01:59:00 GMT', SENT)).toBe(0);
});

test('what makes no sense is no wish', () => {
  for (const value of [undefined, null, '', 'soon']) expect(readRetryAfter(value, SENT)).toBeUndefined();
  expect(readRetryAfter('Sun, 01 Mar 2026 02:00:40 GMT', undefined)).toBeUndefined();
});
