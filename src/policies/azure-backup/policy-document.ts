import { z } from 'zod';
import { WEEKDAYS } from '../../basics/calendar';
import { MONTHS, WEEKS_OF_MONTH } from '../../vault/retention/keep-rule';

/**
 * A policy of Azure Backup for VMs as its REST API and `az backup policy show` give it:
 * `ProtectionPolicyResource` with `AzureIaaSVMProtectionPolicy`, V1 and V2 (API `Microsoft.RecoveryServices`,
 * Protection Policies). What is not set is absent or null. What is written here is what is understood;
 * everything else is told.
 */

/** A name of an enumeration, in any case. */
const word = <const Names extends readonly string[]>(...names: Names) =>
  z.string().toLowerCase().pipe(z.enum(names));

/** A day that does not matter, and a time of day in the policy's own zone. */
const Time = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d{1,2}:\d{1,2}/, 'not a time such as 2026-01-01T10:00:00Z')
  .transform((text) => text.trim());
const Times = z.array(Time).nullish();

const Weekdays = z.array(word(...WEEKDAYS)).nullish();

const HourlySchedule = z.looseObject({
  interval: z.int(),
  scheduleWindowStartTime: Time,
  scheduleWindowDuration: z.int(),
});

const SchedulePolicy = z.looseObject({
  schedulePolicyType: z.string(),
  scheduleRunFrequency: word('hourly', 'daily', 'weekly'),
  /** V1. */
  scheduleRunTimes: Times,
  scheduleRunDays: Weekdays,
  /** Every so many weeks; 0 is every week. */
  scheduleWeeklyFrequency: z.int().nullish(),
  /** V2. */
  dailySchedule: z.looseObject({ scheduleRunTimes: Times }).nullish(),
  weeklySchedule: z.looseObject({ scheduleRunDays: Weekdays, scheduleRunTimes: Times }).nullish(),
  hourlySchedule: HourlySchedule.nullish(),
});

const Duration = z.looseObject({
  count: z.int(),
  durationType: word('days', 'weeks', 'months', 'years'),
});

const OfSomeDays = {
  retentionScheduleFormatType: word('daily', 'weekly'),
  retentionScheduleDaily: z
    .looseObject({
      daysOfTheMonth: z
        .array(z.looseObject({ date: z.int().nullish(), isLast: z.boolean().nullish() }))
        .nullish(),
    })
    .nullish(),
  retentionScheduleWeekly: z
    .looseObject({
      daysOfTheWeek: Weekdays,
      weeksOfTheMonth: z.array(word(...WEEKS_OF_MONTH)).nullish(),
    })
    .nullish(),
  retentionTimes: Times,
  retentionDuration: Duration,
};
const MonthlyRetention = z.looseObject(OfSomeDays);
const YearlyRetention = z.looseObject({
  monthsOfYear: z.array(word(...MONTHS)).nullish(),
  ...OfSomeDays,
});
export type SomeDays = z.output<typeof MonthlyRetention>;

const RetentionPolicy = z.looseObject({
  retentionPolicyType: z.string(),
  dailySchedule: z.looseObject({ retentionTimes: Times, retentionDuration: Duration }).nullish(),
  weeklySchedule: z
    .looseObject({ daysOfTheWeek: Weekdays, retentionTimes: Times, retentionDuration: Duration })
    .nullish(),
  monthlySchedule: MonthlyRetention.nullish(),
  yearlySchedule: YearlyRetention.nullish(),
  /** Of a `SimpleRetentionPolicy`. */
  retentionDuration: Duration.nullish(),
});

export const AzurePolicyDocument = z.looseObject({
  name: z.string().nullish(),
  tags: z.record(z.string(), z.string()).nullish(),
  properties: z.looseObject({
    backupManagementType: z.string(),
    policyType: z.string().nullish(),
    timeZone: z.string().nullish(),
    instantRpRetentionRangeInDays: z.int().nullish(),
    snapshotConsistencyType: z.string().nullish(),
    schedulePolicy: SchedulePolicy,
    retentionPolicy: RetentionPolicy,
  }),
});
export type AzurePolicyDocument = z.output<typeof AzurePolicyDocument>;
export type AzurePolicy = AzurePolicyDocument['properties'];
