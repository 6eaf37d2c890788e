import { AzurePolicyDocument } from '../../../src/policies/azure-backup/policy-document';
import { translatePolicy } from '../../../src/policies/azure-backup/translate-policy';
import { nextDue } from '../../../src/policies/schedule';
import { planRetention, type RetainedPoint } from '../../../src/vault/retention/plan-retention';
import { ALL } from './support/all-examples';

/**
 * Azure's rules as its documents tell them, on days of the calendar: a backup has the retention of each
 * schedule whose day it is on, and stays until the longest of them is over; a month later is the same day of
 * the next month, or its last. Of several backups a day one goes to the vault, the last; the others live as
 * snapshots. ("Back up an Azure VM using Enhanced policy"; "Create Azure Recovery Services backup policies by
 * using REST API"; "Azure Backup architecture and components", impact of policy changes.)
 */
interface AzureDay {
  year: number;
  month: number;
  day: number;
}
const NAMES = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = 'January,February,March,April,May,June,July,August,September,October,November,December'.split(
  ',',
);
const WEEKS = ['First', 'Second', 'Third', 'Fourth'];

const utc = ({ year, month, day }: AzureDay) => new Date(Date.UTC(year, month - 1, day));
const lastOf = ({ year, month }: AzureDay) => new Date(Date.UTC(year, month, 0)).getUTCDate();
const nameOf = (day: AzureDay) => NAMES[utc(day).getUTCDay()]!;

// biome-ignore lint/suspicious/noExplicitAny: documents of another product, read as they are
type Any = any;

/** Whether a monthly or yearly schedule is about a day. */
function isOn(schedule: Any, date: AzureDay): boolean {
  if (schedule.monthsOfYear && !schedule.monthsOfYear.includes(MONTHS[date.month - 1])) return false;
  if (schedule.retentionScheduleFormatType === 'Daily') {
    return schedule.retentionScheduleDaily.daysOfTheMonth.some((one: Any) =>
      one.isLast ? date.day === lastOf(date) : date.day === one.date,
    );
  }
  const { daysOfTheWeek, weeksOfTheMonth } = schedule.retentionScheduleWeekly;
  if (!daysOfTheWeek.includes(nameOf(date))) return false;
  // Which of its weekdays it is in the month, counted one by one.
  const same = Array.from({ length: lastOf(date) }, (_, index) => index + 1).filter(
    (day) => nameOf({ ...date, day }) === nameOf(date),
  );
  const place = same.indexOf(date.day);
  return weeksOfTheMonth.some((week: string) =>
    week === 'Last' ? place === same.length - 1 : WEEKS.indexOf(week) === place,
  );
}

function later(date: AzureDay, { count, durationType }: { count: number; durationType: string }): number {
  if (durationType === 'Days' || durationType === 'Weeks') {
    const end = utc(date);
    end.setUTCDate(end.getUTCDate() + count * (durationType === 'Weeks' ? 7 : 1));
    return end.getTime();
  }
  let { year, month } = date;
  for (let left = durationType === 'Years' ? count * 12 : count; left > 0; left--) {
    month += 1;
    if (month > 12) [year, month] = [year + 1, 1];
  }
  return utc({ year, month, day: Math.min(date.day, lastOf({ year, month, day: 1 })) }).getTime();
}

/** When a backup of a day that is in the vault ends. */
function endInVault(retention: Any, date: AzureDay): number {
  const { dailySchedule, weeklySchedule, monthlySchedule, yearlySchedule } = retention;
  const ends = [Number.NEGATIVE_INFINITY];
  if (dailySchedule) ends.push(later(date, dailySchedule.retentionDuration));
  if (weeklySchedule?.daysOfTheWeek.includes(nameOf(date)))
    ends.push(later(date, weeklySchedule.retentionDuration));
  for (const schedule of [monthlySchedule, yearlySchedule])
    if (schedule && isOn(schedule, date)) ends.push(later(date, schedule.retentionDuration));
  return Math.max(...ends);
}

/** The day that a zone's calendar shows, as ICU tells it. */
const calendarOf = (timeZone: string) => {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
  });
  return (time: string): AzureDay => {
    const [month, day, year] = format.format(new Date(time)).split('/').map(Number);
    return { year: year!, month: month!, day: day! };
  };
};

test.each(Object.entries(ALL))('over ten years %s keeps what Azure keeps', (_name, document: Any) => {
  const translated = translatePolicy(AzurePolicyDocument.parse(document));
  if ('faults' in translated) throw new Error(JSON.stringify(translated.faults));
  const { schedule, retention, instantRestoreDays } = translated.policy;
  const { timeZone } = schedule;
  const dayOf = calendarOf(timeZone);
  const azure = document.properties;
  const isHourly = azure.schedulePolicy.scheduleRunFrequency === 'Hourly';

  interface Simulated extends RetainedPoint {
    day: AzureDay;
    end: number;
  }
  let ours: Simulated[] = [];
  let theirs: Simulated[] = [];
  let backups = 0;
  let most = 0;
  const end = '2036-01-01T00:00:00Z';
  for (let due = nextDue(schedule, '2026-01-01T00:00:00Z'); due < end; ) {
    const following = nextDue(schedule, due);
    const day = dayOf(due);
    const isLastOfDay = utc(dayOf(following)).getTime() !== utc(day).getTime();
    const snapshotEnd = later(day, { count: instantRestoreDays, durationType: 'Days' });
    const vaultEnd = isLastOfDay || !isHourly ? endInVault(azure.retentionPolicy, day) : 0;
    const point = {
      pointId: `p${String(backups).padStart(6, '0')}`,
      // Snapshots are taken a while after their time is due, over midnight now and then.
      snapshotTime: new Date(Date.parse(due) + ((backups * 37) % 100) * 60_000).toISOString(),
      dueAt: due,
      day,
      end: isHourly ? Math.max(snapshotEnd, vaultEnd) : vaultEnd,
    };
    backups += 1;
    const today = utc(day).getTime();
    theirs = [...theirs, point].filter((one) => one.end > today || one === point);
    ours = [...ours, point];
    // When it runs changes nothing of what is kept then: every fifth day meets all days of weeks and months.
    if (isLastOfDay && (today / 86_400_000) % 5 === 0) {
      const plan = planRetention(ours, retention, { timeZone, now: following });
      const kept = new Set(plan.keep.map(({ pointId }) => pointId));
      ours = ours.filter(({ pointId }) => kept.has(pointId));
      if (JSON.stringify(idsOf(ours)) !== JSON.stringify(idsOf(theirs)))
        expect({ due, kept: idsOf(ours) }).toEqual({ due, kept: idsOf(theirs) });
      most = Math.max(most, ours.length);
    }
    due = following;
  }
  expect(backups).toBeGreaterThan(1000);
  expect(most).toBeGreaterThan(20);
});

const idsOf = (points: RetainedPoint[]) => points.map(({ pointId }) => pointId);
