import { type KeepRule, MONTHS, selects } from '../vault/retention/keep-rule';
import { BackupPolicy } from './policy';
import { runDays } from './schedule';

/**
 * A policy that somebody wants to be in force: besides being a policy, it must mean something. Policies that
 * are stored are read without this, so that no stricter check of a later version takes one out of force.
 */
export const NewBackupPolicy = BackupPolicy.superRefine((policy, context) => {
  const fault = (message: string, ...path: (string | number)[]) =>
    context.addIssue({ code: 'custom', message, path });
  const { schedule, retention } = policy;
  if (schedule.frequency === 'weekly') {
    if ((schedule.every ?? 1) > 1 && schedule.inWeekOf === undefined)
      fault('which weeks: name a day of one of them', 'schedule', 'inWeekOf');
  }
  const rules = retention.rules ?? [];
  for (const [index, rule] of rules.entries()) {
    if (rule.weeks && !rule.weekdays) fault('of which weekdays?', 'retention', 'rules', index, 'weekdays');
    if (!mayExist(rule)) fault('no such day in these months', 'retention', 'rules', index, 'daysOfMonth');
  }
  if (!keepsSomething(policy)) fault('keeps no point but the newest', 'retention');
});

/** The longest month of each name. */
const LENGTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

const mayExist = ({ daysOfMonth = ['last'], months = [...MONTHS] }: KeepRule): boolean =>
  months.some((month) =>
    daysOfMonth.some((day) => day === 'last' || day <= (LENGTHS[MONTHS.indexOf(month)] ?? 0)),
  );

/** The calendar repeats itself after so many years, from 1970 to 2099. */
const CYCLE_DAYS = 28 * 366;

/** Whether any backup that is ever due is kept for longer than until the next one. */
function keepsSomething({ schedule, retention }: BackupPolicy): boolean {
  const { rules = [], ...counts } = retention;
  if (Object.values(counts).some((count) => count !== undefined)) return true;
  const isRunDay = runDays(schedule);
  for (let day = 0; day < CYCLE_DAYS; day++) {
    if (rules.some((rule) => selects(rule, day)) && isRunDay(day)) return true;
  }
  return false;
}
