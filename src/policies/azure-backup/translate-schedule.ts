import type { Schedule } from '../schedule-document';
import { ianaZoneOf } from '../time-zone';
import type { AzurePolicy } from './policy-document';
import type { Notes } from './translation';

const AT = 'properties.schedulePolicy';

/** The schedule of a policy; its faults go to the notes. */
export function translateSchedule(policy: AzurePolicy, notes: Notes): Schedule | undefined {
  const { schedulePolicy } = policy;
  const { scheduleRunFrequency: frequency, schedulePolicyType: type } = schedulePolicy;
  if (!/^SimpleSchedulePolicy(V2)?$/i.test(type)) {
    notes.faults.push({ field: `${AT}.schedulePolicyType`, reason: `${type} is no schedule of VMs` });
    return undefined;
  }
  const timeZone = translateZone(policy, notes);
  if (frequency === 'hourly') return hourly(schedulePolicy, timeZone, notes);
  const { dailySchedule, weeklySchedule } = schedulePolicy;
  const v2 = frequency === 'daily' ? dailySchedule : weeklySchedule;
  const where = v2 ? `${AT}.${frequency}Schedule` : AT;
  const runTimes = v2?.scheduleRunTimes ?? schedulePolicy.scheduleRunTimes ?? [];
  if (runTimes.length === 0)
    notes.faults.push({ field: `${where}.scheduleRunTimes`, reason: 'no time of day' });
  const times = [...new Set(runTimes.map(timeOfDay))];
  if (frequency === 'daily') return { frequency, times, timeZone };
  const days = weeklySchedule?.scheduleRunDays ?? schedulePolicy.scheduleRunDays ?? [];
  if (days.length === 0)
    notes.faults.push({ field: `${where}.scheduleRunDays`, reason: 'no day of the week' });
  const every = schedulePolicy.scheduleWeeklyFrequency ?? 0;
  if (every <= 1) return { frequency, days, times, timeZone };
  return { frequency, days, times, timeZone, every, inWeekOf: runTimes[0]?.slice(0, 10) };
}

function hourly(
  { hourlySchedule }: AzurePolicy['schedulePolicy'],
  timeZone: string,
  { faults }: Notes,
): Schedule | undefined {
  if (!hourlySchedule) {
    faults.push({ field: `${AT}.hourlySchedule`, reason: 'an hourly schedule needs it' });
    return undefined;
  }
  const { interval, scheduleWindowStartTime, scheduleWindowDuration } = hourlySchedule;
  const window = { start: timeOfDay(scheduleWindowStartTime), hours: scheduleWindowDuration };
  return { frequency: 'hourly', every: interval, window, timeZone };
}

function translateZone({ timeZone }: AzurePolicy, { faults, assumed }: Notes): string {
  if (!timeZone) {
    assumed.push({ field: 'properties.timeZone', reason: 'UTC' });
    return 'UTC';
  }
  const zone = ianaZoneOf(timeZone);
  if (zone === undefined)
    faults.push({ field: 'properties.timeZone', reason: `${timeZone} is no time zone of Windows or IANA` });
  return zone ?? 'UTC';
}

/**
 * Azure means the figures of the clock in the policy's zone, although it writes them as if they were UTC
 * ("Create Azure Recovery Services backup policies by using REST API": `10:00:00Z` with Pacific Standard Time
 * is 10:00 in the morning there). Another offset is brought to UTC first.
 */
function timeOfDay(time: string): string {
  const [, hour = '', minute = '', second = '0'] = /T(\d{1,2}):(\d{1,2})(?::(\d{1,2}))?/.exec(time) ?? [];
  const [, sign, offsetHours = '0', offsetMinutes = '0'] = /([+-])(\d\d):?(\d\d)$/.exec(time.slice(10)) ?? [];
  const offset = (Number(offsetHours) * 60 + Number(offsetMinutes)) * (sign === '-' ? -60 : 60);
  const seconds = (Number(hour) * 3600 + Number(minute) * 60 + Number(second) - offset + 86_400) % 86_400;
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const text = parts.map((part) => String(part).padStart(2, '0')).join(':');
  return text.endsWith(':00') ? text.slice(0, 5) : text;
}
