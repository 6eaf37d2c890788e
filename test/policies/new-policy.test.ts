import { NewBackupPolicy } from '../../src/policies/new-policy';

const DAILY = { frequency: 'daily', times: ['02:00'], timeZone: 'Europe/Berlin' };
const WEEKLY = { ...DAILY, frequency: 'weekly', days: ['monday'] };
const faultsOf = (policy: object) =>
  (NewBackupPolicy.safeParse(policy).error?.issues ?? []).map(({ path }) => path.join('.'));

test.each([
  ['nothing at all', { schedule: DAILY, retention: {} }, 'retention'],
  [
    'Sundays, with backups on Mondays',
    { schedule: WEEKLY, retention: { rules: [{ weekdays: ['sunday'], keepFor: { weeks: 4 } }] } },
    'retention',
  ],
  [
    'days that no month has',
    {
      schedule: DAILY,
      retention: { daily: 7, rules: [{ daysOfMonth: [30], months: ['february'], keepFor: { years: 1 } }] },
    },
    'retention.rules.0.daysOfMonth',
  ],
  [
    'weeks of the month without a weekday',
    { schedule: DAILY, retention: { rules: [{ weeks: ['first'], keepFor: { months: 1 } }] } },
    'retention.rules.0.weekdays',
  ],
  ['every second week without saying which', { schedule: { ...WEEKLY, every: 2 } }, 'schedule.inWeekOf'],
])('a policy is refused that keeps or runs %s', (_what, policy, field) => {
  expect(faultsOf(policy)).toEqual([field]);
});

test.each([
  [
    '29 February',
    {
      schedule: DAILY,
      retention: { rules: [{ daysOfMonth: [29], months: ['february'], keepFor: { years: 9 } }] },
    },
  ],
  ['the newest points', { schedule: WEEKLY, retention: { last: 3 } }],
  ['as much as before', { schedule: DAILY, retention: { daily: 7, weekly: 4, monthly: 12, yearly: 3 } }],
  [
    'chosen days among others that have no backup',
    { schedule: WEEKLY, retention: { rules: [{ weekdays: ['sunday', 'monday'], keepFor: { weeks: 4 } }] } },
  ],
])('a policy is good that keeps %s', (_what, policy) => {
  expect(faultsOf(policy)).toEqual([]);
});
