import type { KeepFor, KeepRule } from '../../vault/retention/keep-rule';
import type { AzurePolicy, SomeDays } from './policy-document';
import type { Notes } from './translation';

const AT = 'properties.retentionPolicy';
type RetentionPolicy = AzurePolicy['retentionPolicy'];

/** The rules of a retention policy; its faults go to the notes. */
export function translateRetention(
  { retentionPolicy, schedulePolicy }: AzurePolicy,
  instantRestoreDays: number,
  notes: Notes,
): KeepRule[] {
  const type = retentionPolicy.retentionPolicyType;
  if (!/^(LongTerm|Simple)RetentionPolicy$/i.test(type)) {
    notes.faults.push({ field: `${AT}.retentionPolicyType`, reason: `${type} is no retention of VMs` });
    return [];
  }
  const rules = [
    ...ofDays(retentionPolicy),
    ...ofWeeks(retentionPolicy, notes),
    ...ofMonths(retentionPolicy, notes),
    ...ofYears(retentionPolicy, notes),
  ];
  if (rules.length === 0 && notes.faults.length === 0)
    notes.faults.push({ field: AT, reason: 'it keeps nothing' });
  if (schedulePolicy.scheduleRunFrequency !== 'hourly') return rules;
  // "Back up an Azure VM using Enhanced policy": the last backup of the day is transferred to the vault; the
  // others live as snapshots, for the days of instant restore.
  const snapshots: KeepRule[] = [{ keepFor: { days: instantRestoreDays } }];
  return [...snapshots, ...rules.map((rule) => ({ ...rule, points: 'last' as const }))];
}

function ofDays({ dailySchedule, retentionDuration }: RetentionPolicy): KeepRule[] {
  const durations = [dailySchedule?.retentionDuration, retentionDuration];
  return durations.flatMap((duration) => (duration ? [{ keepFor: keepFor(duration) }] : []));
}

function ofWeeks({ weeklySchedule }: RetentionPolicy, { faults }: Notes): KeepRule[] {
  if (!weeklySchedule) return [];
  const { daysOfTheWeek, retentionDuration } = weeklySchedule;
  if (!daysOfTheWeek?.length)
    faults.push({ field: `${AT}.weeklySchedule.daysOfTheWeek`, reason: 'no day of the week' });
  return [{ weekdays: daysOfTheWeek ?? [], keepFor: keepFor(retentionDuration) }];
}

function ofMonths({ monthlySchedule }: RetentionPolicy, notes: Notes): KeepRule[] {
  if (!monthlySchedule) return [];
  const days = someDays(monthlySchedule, `${AT}.monthlySchedule`, notes);
  return [{ ...days, keepFor: keepFor(monthlySchedule.retentionDuration) }];
}

function ofYears({ yearlySchedule }: RetentionPolicy, notes: Notes): KeepRule[] {
  if (!yearlySchedule) return [];
  const { monthsOfYear, retentionDuration } = yearlySchedule;
  if (!monthsOfYear?.length)
    notes.faults.push({ field: `${AT}.yearlySchedule.monthsOfYear`, reason: 'no month of the year' });
  const days = someDays(yearlySchedule, `${AT}.yearlySchedule`, notes);
  return [{ ...days, months: monthsOfYear ?? [], keepFor: keepFor(retentionDuration) }];
}

/** Days of the month, or the weekdays of some of its weeks. */
function someDays(schedule: SomeDays, at: string, { faults }: Notes): Partial<KeepRule> {
  const { retentionScheduleFormatType, retentionScheduleDaily, retentionScheduleWeekly } = schedule;
  if (retentionScheduleFormatType === 'daily') {
    const days = (retentionScheduleDaily?.daysOfTheMonth ?? []).map(({ date, isLast }) =>
      isLast ? ('last' as const) : (date ?? 0),
    );
    if (days.length === 0)
      faults.push({ field: `${at}.retentionScheduleDaily.daysOfTheMonth`, reason: 'no day of the month' });
    return { daysOfMonth: days };
  }
  const { daysOfTheWeek, weeksOfTheMonth } = retentionScheduleWeekly ?? {};
  for (const [field, days] of Object.entries({ daysOfTheWeek, weeksOfTheMonth }))
    if (!days?.length)
      faults.push({ field: `${at}.retentionScheduleWeekly.${field}`, reason: 'none is named' });
  return { weekdays: daysOfTheWeek ?? [], weeks: weeksOfTheMonth ?? [] };
}

const keepFor = ({ count, durationType }: { count: number; durationType: string }): KeepFor =>
  ({ [durationType]: count }) as KeepFor;
