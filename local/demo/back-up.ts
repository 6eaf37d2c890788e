import type { ApiClient } from '../../client/api-client';
import type { BackupPolicy, Job, VmDescription } from '../../client/api-types';
import { allJobs, followJobs } from './follow-jobs';
import { type DemoParts, INSTANT_RESTORE_DAYS, POLICIES } from './parts';

/** How far ahead the schedule is set: by then the timer trigger must have seen the VMs once. */
const LEAD_SECONDS = 4;

/** Sets both policies to a time a few seconds ahead, and follows what the timer trigger starts then. */
export async function backUpBySchedule(parts: DemoParts, vms: VmDescription[]): Promise<Job[]> {
  const { api, screen, patience, signal } = parts;
  const known = new Set((await allJobs(api)).map(({ id }) => id));
  const time = await setSchedule(api);
  screen.line(`The policies are due at ${time} UTC; the timer trigger does the rest.`);
  screen.line();
  return followJobs({
    screen,
    signal,
    look: async () => (await allJobs(api)).filter((job) => isScheduledBackup(job) && !known.has(job.id)),
    count: vms.length,
    vms,
    patience,
  });
}

const isScheduledBackup = ({ kind, trigger }: Job) => kind === 'backup' && trigger === 'schedule';

async function setSchedule(api: ApiClient): Promise<string> {
  const time = new Date(Date.now() + LEAD_SECONDS * 1000).toISOString().slice(11, 19);
  const policy = (instantRestoreDays: number): BackupPolicy => ({
    schedule: { frequency: 'daily', times: [time], timeZone: 'UTC' },
    instantRestoreDays,
  });
  await api.putPolicy({ policy: POLICIES.removing, body: policy(0) });
  await api.putPolicy({ policy: POLICIES.keeping, body: policy(INSTANT_RESTORE_DAYS) });
  return time;
}
