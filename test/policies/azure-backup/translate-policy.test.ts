import { AzurePolicyDocument } from '../../../src/policies/azure-backup/policy-document';
import { type TranslatedPolicy, translatePolicy } from '../../../src/policies/azure-backup/translate-policy';
import { NewBackupPolicy } from '../../../src/policies/new-policy';
import { ALL } from './support/all-examples';
import {
  AS_THE_COMMAND_LINE_PRINTS,
  DAILY_V1,
  DAILY_V2,
  DAYS_OF_MONTH_V1,
  HOURLY_V2,
  WEEKLY_V1,
  WEEKLY_V2,
} from './support/examples';

const translate = (document: unknown) => translatePolicy(AzurePolicyDocument.parse(document));
const translated = (document: unknown): TranslatedPolicy => {
  const result = translate(document);
  if ('faults' in result) throw new Error(JSON.stringify(result.faults));
  return result;
};
/** A document with some of its properties changed. */
const changed = (document: { properties: object }, properties: object) => ({
  ...document,
  properties: { ...document.properties, ...properties },
});

test.each(Object.entries(ALL))('%s is translated, and PUT takes what comes of it', (_name, document) => {
  const { policy, notCarriedOver } = translated(document);
  expect(NewBackupPolicy.parse(JSON.parse(JSON.stringify(policy)))).toEqual(policy);
  expect(notCarriedOver).toEqual([]);
});

test('a daily schedule runs at the time of the clocks in its zone', () => {
  expect(translated(DAILY_V1).policy).toMatchObject({
    schedule: { frequency: 'daily', times: ['21:30'], timeZone: 'Europe/Paris' },
    retention: { rules: [{ keepFor: { days: 21 } }] },
    instantRestoreDays: 2,
  });
});

test('days of the week, weeks of the month and months of the year are rules of their own', () => {
  const { name, policy } = translated(WEEKLY_V1);
  expect(name).toBe('accounting-weekly');
  expect(policy.schedule).toEqual({
    frequency: 'weekly',
    days: ['tuesday', 'friday', 'saturday'],
    times: ['23:00'],
    timeZone: 'America/New_York',
  });
  expect(policy.retention.rules).toEqual([
    { weekdays: ['tuesday', 'friday', 'saturday'], keepFor: { weeks: 3 } },
    { weekdays: ['friday', 'saturday'], weeks: ['second', 'last'], keepFor: { months: 7 } },
    { weekdays: ['tuesday'], weeks: ['fourth'], months: ['march', 'october'], keepFor: { years: 3 } },
  ]);
});

test('days of the month are, too, the last one by that name', () => {
  expect(translated(DAYS_OF_MONTH_V1).policy.retention.rules).toEqual([
    { keepFor: { days: 10 } },
    { daysOfMonth: [5, 20, 'last'], keepFor: { months: 14 } },
    { daysOfMonth: ['last'], months: ['february', 'june'], keepFor: { years: 6 } },
  ]);
});

test('V2 has its times elsewhere, and Wednesdays that are kept as well as Sundays', () => {
  const { policy } = translated(DAILY_V2);
  expect(policy).toMatchObject({
    schedule: { times: ['04:00'], timeZone: 'Asia/Calcutta' },
    instantRestoreDays: 30,
  });
  expect(policy.retention.rules?.[1]).toEqual({ weekdays: ['sunday', 'wednesday'], keepFor: { weeks: 20 } });
  expect(translated(WEEKLY_V2).policy.schedule).toMatchObject({
    days: ['sunday', 'thursday'],
    times: ['00:00'],
  });
});

test('of several backups a day all stay as long as the snapshots, then the last one of each day', () => {
  const { policy } = translated(HOURLY_V2);
  expect(policy).toMatchObject({
    schedule: { frequency: 'hourly', every: 6, window: { start: '05:00', hours: 18 } },
    consistency: { ask: 'crash' },
  });
  expect(policy.retention.rules).toEqual([
    { keepFor: { days: 4 } },
    { keepFor: { days: 45 }, points: 'last' },
    { weekdays: ['monday'], keepFor: { weeks: 16 }, points: 'last' },
    { weekdays: ['monday'], weeks: ['first'], keepFor: { months: 18 }, points: 'last' },
  ]);
});

test('what a document leaves open is taken as Azure takes it, and told', () => {
  expect(translated(AS_THE_COMMAND_LINE_PRINTS)).toMatchObject({
    name: 'defaultpolicy',
    assumed: [
      { field: 'properties.instantRpRetentionRangeInDays', reason: '2 days, as Azure does' },
      { field: 'properties.timeZone', reason: 'UTC' },
    ],
  });
  const days = (document: { properties: object }) =>
    translated(changed(document, { instantRpRetentionRangeInDays: undefined })).policy.instantRestoreDays;
  expect([days(WEEKLY_V1), days(DAILY_V2), days(WEEKLY_V2)]).toEqual([5, 7, 7]);
});

test('what cannot be carried over is told by its field', () => {
  const { notCarriedOver } = translated({
    ...changed(DAILY_V2, {
      instantRPDetails: { azureBackupRGNamePrefix: 'snapshots-' },
      tieringPolicy: { ArchivedRP: { tieringMode: 'TierAfter', duration: 3, durationType: 'Months' } },
      somethingNew: true,
    }),
    tags: { team: 'blue' },
  });
  expect(notCarriedOver.map(({ field }) => field)).toEqual([
    'tags',
    'properties.instantRPDetails',
    'properties.tieringPolicy',
    'properties.somethingNew',
  ]);
});

test('every so many weeks counts from the day that the document names', () => {
  const schedulePolicy = { ...WEEKLY_V1.properties.schedulePolicy, scheduleWeeklyFrequency: 2 };
  expect(translated(changed(WEEKLY_V1, { schedulePolicy })).policy.schedule).toMatchObject({
    every: 2,
    inWeekOf: '2026-01-01',
  });
});

test('a time with another offset is brought to UTC first', () => {
  const schedulePolicy = {
    ...DAILY_V1.properties.schedulePolicy,
    scheduleRunTimes: ['2026-01-01T01:15:00+02:00', '2026-01-01T7:0:30Z'],
  };
  expect(translated(changed(DAILY_V1, { schedulePolicy })).policy.schedule).toMatchObject({
    times: ['23:15', '07:00:30'],
  });
});

test.each([
  ['a policy of files', { backupManagementType: 'AzureStorage' }, 'properties.backupManagementType'],
  [
    'a schedule of logs',
    { schedulePolicy: { ...DAILY_V1.properties.schedulePolicy, schedulePolicyType: 'LogSchedulePolicy' } },
    'properties.schedulePolicy.schedulePolicyType',
  ],
  ['a zone of nobody', { timeZone: 'Mars Standard Time' }, 'properties.timeZone'],
  [
    'a retention that keeps nothing',
    { retentionPolicy: { retentionPolicyType: 'LongTermRetentionPolicy' } },
    'properties.retentionPolicy',
  ],
  [
    'an hourly schedule without its hours',
    {
      schedulePolicy: { schedulePolicyType: 'SimpleSchedulePolicyV2', scheduleRunFrequency: 'Hourly' },
    },
    'properties.schedulePolicy.hourlySchedule',
  ],
  [
    'a daily schedule without a time',
    { schedulePolicy: { ...DAILY_V1.properties.schedulePolicy, scheduleRunTimes: null } },
    'properties.schedulePolicy.scheduleRunTimes',
  ],
])('%s is refused by the name of the field', (_what, properties, field) => {
  expect(translate(changed(DAILY_V1, properties))).toEqual({
    faults: [{ field, reason: expect.any(String) }],
  });
});
