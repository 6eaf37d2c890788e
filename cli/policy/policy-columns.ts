import type { PolicyView, Schedule } from '../../client/api-types';
import type { Column } from '../output/column';

export const POLICY_COLUMNS: Column<PolicyView>[] = [
  { name: 'name', title: 'Policy', value: ({ name }) => name },
  {
    name: 'schedule',
    title: 'Runs',
    value: ({ schedule }) => JSON.stringify(schedule),
    people: ({ schedule, paused }) => (paused ? `paused (${runs(schedule)})` : runs(schedule)),
  },
  { name: 'timeZone', title: 'Time zone', value: ({ schedule }) => schedule.timeZone },
  {
    name: 'retention',
    title: 'Keeps',
    value: ({ retention }) => JSON.stringify(retention),
    people: ({ retention }) => keeps(retention),
  },
  {
    name: 'instantRestoreDays',
    title: 'Snapshots kept',
    value: ({ instantRestoreDays }) => instantRestoreDays,
    people: ({ instantRestoreDays }) => (instantRestoreDays ? `${instantRestoreDays} days` : undefined),
  },
  { name: 'paused', value: ({ paused }) => paused },
];

function runs(schedule: Schedule): string {
  if (schedule.frequency === 'hourly')
    return `every ${schedule.every} h from ${schedule.window.start} for ${schedule.window.hours} h`;
  const times = schedule.times.join(', ');
  if (schedule.frequency === 'daily') return `daily at ${times}`;
  const weeks = schedule.every && schedule.every > 1 ? `every ${schedule.every} weeks on` : 'on';
  return `${weeks} ${schedule.days.join(', ')} at ${times}`;
}

function keeps({ rules, ...counted }: PolicyView['retention']): string {
  const said = Object.entries(counted).map(([name, number]) => `${name} ${number}`);
  if (rules?.length) said.push(`${rules.length} rules`);
  return said.join(', ');
}
