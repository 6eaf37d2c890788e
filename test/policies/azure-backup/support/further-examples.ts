import { at, DAILY_V2, HOURLY_V2, lasting } from './examples';

/** V1 as small as it gets, west of Greenwich: times without a range of instant restore. */
export const SIMPLEST_V1 = {
  properties: {
    backupManagementType: 'AzureIaasVM',
    timeZone: 'Pacific Standard Time',
    schedulePolicy: {
      schedulePolicyType: 'SimpleSchedulePolicy',
      scheduleRunFrequency: 'Daily',
      scheduleRunTimes: [at('03:00')],
    },
    retentionPolicy: {
      retentionPolicyType: 'LongTermRetentionPolicy',
      dailySchedule: { retentionTimes: [at('03:00')], retentionDuration: lasting(40, 'Days') },
    },
  },
};

/**
 * V2 as the specification writes it: retention at another time than the schedule, with an offset or parts of
 * a second; nothing, or an empty object, where days of the month would be.
 */
const sundaysFor = (count: number, durationType: string, days: object | null) => ({
  retentionScheduleFormatType: 'Weekly',
  retentionScheduleDaily: days,
  retentionScheduleWeekly: { daysOfTheWeek: ['Sunday'], weeksOfTheMonth: ['First'] },
  retentionTimes: ['2026-02-03T07:30:00.000Z'],
  retentionDuration: lasting(count, durationType),
});
const longTermOfV2 = (days: object | null) => ({
  retentionPolicyType: 'LongTermRetentionPolicy',
  dailySchedule: {
    retentionTimes: ['2026-02-03T07:30:00+00:00'],
    retentionDuration: lasting(70, 'Days'),
  },
  weeklySchedule: {
    daysOfTheWeek: ['Sunday'],
    retentionTimes: ['2026-02-03T07:30:00+00:00'],
    retentionDuration: lasting(15, 'Weeks'),
  },
  monthlySchedule: sundaysFor(40, 'Months', days),
  yearlySchedule: { monthsOfYear: ['January'], ...sundaysFor(9, 'Years', days) },
});
export const OTHER_RETENTION_TIMES_V2 = {
  properties: {
    ...DAILY_V2.properties,
    instantRpRetentionRangeInDays: 30,
    snapshotConsistencyType: 'OnlyCrashConsistent',
    timeZone: 'Tokyo Standard Time',
    retentionPolicy: longTermOfV2(null),
  },
};
export const WINDOW_OF_16_HOURS_V2 = {
  properties: {
    ...HOURLY_V2.properties,
    instantRpRetentionRangeInDays: 12,
    timeZone: 'India Standard Time',
    schedulePolicy: {
      ...HOURLY_V2.properties.schedulePolicy,
      hourlySchedule: {
        interval: 4,
        scheduleWindowStartTime: at('08:00'),
        scheduleWindowDuration: 16,
      },
    },
    retentionPolicy: longTermOfV2({}),
  },
};

/** Documents with made-up values that importing has failed on before. */
export const MONDAY_WEDNESDAY_THURSDAY_V1 = {
  properties: {
    backupManagementType: 'AzureIaasVM',
    timeZone: 'Pacific Standard Time',
    instantRpRetentionRangeInDays: 2,
    schedulePolicy: {
      schedulePolicyType: 'SimpleSchedulePolicy',
      scheduleRunFrequency: 'Weekly',
      scheduleRunDays: ['Monday', 'Wednesday', 'Thursday'],
      scheduleRunTimes: [at('10:00')],
      scheduleWeeklyFrequency: 0,
    },
    retentionPolicy: {
      retentionPolicyType: 'LongTermRetentionPolicy',
      weeklySchedule: {
        daysOfTheWeek: ['Monday', 'Wednesday', 'Thursday'],
        retentionTimes: [at('10:00')],
        retentionDuration: lasting(1, 'Weeks'),
      },
      monthlySchedule: {
        retentionScheduleFormatType: 'Weekly',
        retentionScheduleWeekly: {
          daysOfTheWeek: ['Wednesday', 'Thursday'],
          weeksOfTheMonth: ['First', 'Third'],
        },
        retentionTimes: [at('10:00')],
        retentionDuration: lasting(2, 'Months'),
      },
      yearlySchedule: {
        retentionScheduleFormatType: 'Weekly',
        monthsOfYear: ['February', 'November'],
        retentionScheduleWeekly: { daysOfTheWeek: ['Monday', 'Thursday'], weeksOfTheMonth: ['Fourth'] },
        retentionTimes: [at('10:00')],
        retentionDuration: lasting(4, 'Years'),
      },
    },
  },
};
export const BY_DATE_V1 = {
  properties: {
    backupManagementType: 'AzureIaasVM',
    timeZone: 'W. Europe Standard Time',
    schedulePolicy: {
      schedulePolicyType: 'SimpleSchedulePolicy',
      scheduleRunFrequency: 'Daily',
      scheduleRunTimes: [at('22:30')],
    },
    retentionPolicy: {
      retentionPolicyType: 'LongTermRetentionPolicy',
      dailySchedule: { retentionTimes: [at('22:30')], retentionDuration: lasting(14, 'Days') },
      monthlySchedule: {
        retentionScheduleFormatType: 'Daily',
        retentionScheduleDaily: {
          daysOfTheMonth: [
            { date: 1, isLast: false },
            { date: 15, isLast: false },
            { date: 0, isLast: true },
          ],
        },
        retentionTimes: [at('22:30')],
        retentionDuration: lasting(12, 'Months'),
      },
    },
  },
};
export const FIRST_SUNDAY_V2 = {
  properties: {
    ...DAILY_V2.properties,
    instantRpRetentionRangeInDays: 5,
    schedulePolicy: {
      schedulePolicyType: 'SimpleSchedulePolicyV2',
      scheduleRunFrequency: 'Daily',
      dailySchedule: { scheduleRunTimes: [at('10:00')] },
    },
    retentionPolicy: {
      retentionPolicyType: 'LongTermRetentionPolicy',
      dailySchedule: { retentionTimes: [at('10:00')], retentionDuration: lasting(30, 'Days') },
      weeklySchedule: {
        daysOfTheWeek: ['Sunday'],
        retentionTimes: [at('10:00')],
        retentionDuration: lasting(12, 'Weeks'),
      },
      yearlySchedule: { monthsOfYear: ['January'], ...sundaysFor(10, 'Years', null) },
    },
  },
};
export const EVERY_FOUR_HOURS_V2 = {
  properties: {
    ...HOURLY_V2.properties,
    snapshotConsistencyType: undefined,
    instantRpRetentionRangeInDays: 7,
    schedulePolicy: {
      ...HOURLY_V2.properties.schedulePolicy,
      hourlySchedule: {
        interval: 4,
        scheduleWindowStartTime: at('08:00'),
        scheduleWindowDuration: 12,
      },
    },
    retentionPolicy: {
      retentionPolicyType: 'LongTermRetentionPolicy',
      dailySchedule: { retentionTimes: [at('08:00')], retentionDuration: lasting(30, 'Days') },
    },
  },
};
