/**
 * Documents in the shapes of the public REST specification's examples of backup policies for VMs
 * (`Microsoft.RecoveryServices`, Protection Policies, V1 and V2) and of `az backup policy show`, with made-up
 * values.
 */
export const at = (time: string) => `2026-01-01T${time}:00Z`;
export const lasting = (count: number, durationType: string) => ({ count, durationType });

/** V1, one backup a day. */
export const DAILY_V1 = {
  properties: {
    backupManagementType: 'AzureIaasVM',
    timeZone: 'Romance Standard Time',
    schedulePolicy: {
      schedulePolicyType: 'SimpleSchedulePolicy',
      scheduleRunFrequency: 'Daily',
      scheduleRunTimes: [at('21:30')],
      scheduleWeeklyFrequency: 0,
    },
    retentionPolicy: {
      retentionPolicyType: 'LongTermRetentionPolicy',
      dailySchedule: { retentionTimes: [at('21:30')], retentionDuration: lasting(21, 'Days') },
    },
  },
};

/** V1, some days of the week; weeks of the month, and months of the year. */
export const WEEKLY_V1 = {
  id: '/Subscriptions/x/resourceGroups/g/providers/Microsoft.RecoveryServices/vaults/v/backupPolicies/P',
  name: 'Accounting_Weekly',
  type: 'Microsoft.RecoveryServices/vaults/backupPolicies',
  properties: {
    backupManagementType: 'AzureIaasVM',
    instantRpRetentionRangeInDays: 5,
    protectedItemsCount: 3,
    timeZone: 'Eastern Standard Time',
    schedulePolicy: {
      schedulePolicyType: 'SimpleSchedulePolicy',
      scheduleRunFrequency: 'Weekly',
      scheduleRunDays: ['Tuesday', 'Friday', 'Saturday'],
      scheduleRunTimes: [at('23:00')],
    },
    retentionPolicy: {
      retentionPolicyType: 'LongTermRetentionPolicy',
      weeklySchedule: {
        daysOfTheWeek: ['Tuesday', 'Friday', 'Saturday'],
        retentionTimes: [at('23:00')],
        retentionDuration: lasting(3, 'Weeks'),
      },
      monthlySchedule: {
        retentionScheduleFormatType: 'Weekly',
        retentionScheduleWeekly: {
          daysOfTheWeek: ['Friday', 'Saturday'],
          weeksOfTheMonth: ['Second', 'Last'],
        },
        retentionTimes: [at('23:00')],
        retentionDuration: lasting(7, 'Months'),
      },
      yearlySchedule: {
        retentionScheduleFormatType: 'Weekly',
        monthsOfYear: ['March', 'October'],
        retentionScheduleWeekly: { daysOfTheWeek: ['Tuesday'], weeksOfTheMonth: ['Fourth'] },
        retentionTimes: [at('23:00')],
        retentionDuration: lasting(3, 'Years'),
      },
    },
  },
};

/** V1, days of the month, the last among them. */
export const DAYS_OF_MONTH_V1 = {
  properties: {
    backupManagementType: 'AzureIaasVM',
    instantRpRetentionRangeInDays: 2,
    timeZone: 'New Zealand Standard Time',
    schedulePolicy: {
      schedulePolicyType: 'SimpleSchedulePolicy',
      scheduleRunFrequency: 'Daily',
      scheduleRunTimes: [at('02:30')],
    },
    retentionPolicy: {
      retentionPolicyType: 'LongTermRetentionPolicy',
      dailySchedule: { retentionTimes: [at('02:30')], retentionDuration: lasting(10, 'Days') },
      monthlySchedule: {
        retentionScheduleFormatType: 'Daily',
        retentionScheduleDaily: {
          daysOfTheMonth: [
            { date: 5, isLast: false },
            { date: 20, isLast: false },
            { date: 0, isLast: true },
          ],
        },
        retentionTimes: [at('02:30')],
        retentionDuration: lasting(14, 'Months'),
      },
      yearlySchedule: {
        retentionScheduleFormatType: 'Daily',
        monthsOfYear: ['February', 'June'],
        retentionScheduleDaily: { daysOfTheMonth: [{ date: 0, isLast: true }] },
        retentionTimes: [at('02:30')],
        retentionDuration: lasting(6, 'Years'),
      },
    },
  },
};

/** V2, one backup a day. */
export const DAILY_V2 = {
  properties: {
    backupManagementType: 'AzureIaasVM',
    policyType: 'V2',
    instantRpRetentionRangeInDays: 30,
    timeZone: 'India Standard Time',
    schedulePolicy: {
      schedulePolicyType: 'SimpleSchedulePolicyV2',
      scheduleRunFrequency: 'Daily',
      dailySchedule: { scheduleRunTimes: [at('04:00')] },
    },
    retentionPolicy: {
      retentionPolicyType: 'LongTermRetentionPolicy',
      dailySchedule: { retentionTimes: [at('04:00')], retentionDuration: lasting(60, 'Days') },
      weeklySchedule: {
        daysOfTheWeek: ['Sunday', 'Wednesday'],
        retentionTimes: [at('04:00')],
        retentionDuration: lasting(20, 'Weeks'),
      },
      yearlySchedule: {
        retentionScheduleFormatType: 'Weekly',
        monthsOfYear: ['January'],
        retentionScheduleWeekly: { daysOfTheWeek: ['Sunday'], weeksOfTheMonth: ['First'] },
        retentionTimes: [at('04:00')],
        retentionDuration: lasting(8, 'Years'),
      },
    },
  },
};

/** V2, several backups a day. */
export const HOURLY_V2 = {
  properties: {
    backupManagementType: 'AzureIaasVM',
    policyType: 'V2',
    instantRpRetentionRangeInDays: 4,
    timeZone: 'UTC',
    snapshotConsistencyType: 'OnlyCrashConsistent',
    schedulePolicy: {
      schedulePolicyType: 'SimpleSchedulePolicyV2',
      scheduleRunFrequency: 'Hourly',
      hourlySchedule: {
        interval: 6,
        scheduleWindowStartTime: at('05:00'),
        scheduleWindowDuration: 18,
      },
    },
    retentionPolicy: {
      retentionPolicyType: 'LongTermRetentionPolicy',
      dailySchedule: { retentionTimes: [at('05:00')], retentionDuration: lasting(45, 'Days') },
      weeklySchedule: {
        daysOfTheWeek: ['Monday'],
        retentionTimes: [at('05:00')],
        retentionDuration: lasting(16, 'Weeks'),
      },
      monthlySchedule: {
        retentionScheduleFormatType: 'Weekly',
        retentionScheduleWeekly: { daysOfTheWeek: ['Monday'], weeksOfTheMonth: ['First'] },
        retentionTimes: [at('05:00')],
        retentionDuration: lasting(18, 'Months'),
      },
    },
  },
};

/** V2, some days of the week. */
export const WEEKLY_V2 = {
  properties: {
    backupManagementType: 'AzureIaasVM',
    policyType: 'V2',
    instantRpRetentionRangeInDays: 9,
    timeZone: 'Greenwich Standard Time',
    schedulePolicy: {
      schedulePolicyType: 'SimpleSchedulePolicyV2',
      scheduleRunFrequency: 'Weekly',
      weeklySchedule: { scheduleRunDays: ['Sunday', 'Thursday'], scheduleRunTimes: [at('00:00')] },
    },
    retentionPolicy: {
      retentionPolicyType: 'LongTermRetentionPolicy',
      weeklySchedule: {
        daysOfTheWeek: ['Sunday', 'Thursday'],
        retentionTimes: [at('00:00')],
        retentionDuration: lasting(6, 'Weeks'),
      },
      monthlySchedule: {
        retentionScheduleFormatType: 'Weekly',
        retentionScheduleWeekly: {
          daysOfTheWeek: ['Sunday'],
          weeksOfTheMonth: ['First', 'Second', 'Third', 'Fourth', 'Last'],
        },
        retentionTimes: [at('00:00')],
        retentionDuration: lasting(5, 'Months'),
      },
    },
  },
};

/** What `az backup policy show` prints: what is not set is null, and times have an offset. */
export const AS_THE_COMMAND_LINE_PRINTS = {
  eTag: null,
  id: '/subscriptions/x/resourceGroups/g/providers/Microsoft.RecoveryServices/vaults/v/backupPolicies/Default',
  location: null,
  name: 'DefaultPolicy',
  properties: {
    backupManagementType: 'AzureIaasVM',
    instantRpDetails: { azureBackupRgNamePrefix: null, azureBackupRgNameSuffix: null },
    instantRpRetentionRangeInDays: null,
    policyType: null,
    protectedItemsCount: 0,
    resourceGuardOperationRequests: null,
    retentionPolicy: {
      dailySchedule: {
        retentionDuration: lasting(30, 'Days'),
        retentionTimes: ['2026-02-03T19:30:00+00:00'],
      },
      monthlySchedule: null,
      retentionPolicyType: 'LongTermRetentionPolicy',
      weeklySchedule: null,
      yearlySchedule: null,
    },
    schedulePolicy: {
      hourlySchedule: null,
      schedulePolicyType: 'SimpleSchedulePolicy',
      scheduleRunDays: null,
      scheduleRunFrequency: 'Daily',
      scheduleRunTimes: ['2026-02-03T19:30:00+00:00'],
      scheduleWeeklyFrequency: 0,
    },
    snapshotConsistencyType: null,
    tieringPolicy: { ArchivedRP: { duration: 0, durationType: 'Invalid', tieringMode: 'DoNotTier' } },
    timeZone: null,
  },
  resourceGroup: 'g',
  tags: null,
  type: 'Microsoft.RecoveryServices/vaults/backupPolicies',
};
