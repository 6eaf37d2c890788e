import type { Job } from '../../../src/jobs/job';
import { describeJobId, restoreId } from '../../../src/jobs/job-id';
import { endAbandonedJobs } from '../../../src/orchestration/client/end-abandoned-jobs';
import type { Settings } from '../../../src/settings';
import { fakeClient } from '../../functions/support/fake-client';
import { installation } from '../../protection/support/protection';

const NOW = '2026-03-10T09:00:00Z';
const told: string[] = [];
const log = { warn: (line: string) => told.push(line) };
beforeEach(() => told.splice(0));
const hoursAgo = (hours: number) => new Date(Date.parse(NOW) - hours * 3_600_000).toISOString();

async function jobsOf(...ids: [id: string, state: Job['state']][]) {
  const services = { ...(await installation(NOW)), settings: {} as Settings };
  for (const [id, state] of ids) {
    const { kind, time } = describeJobId(id);
    await services.jobs.create(id, {
      id,
      kind,
      state,
      trigger: 'on-demand',
      createdAt: time,
      disks: [],
      warnings: [],
    });
  }
  return services;
}

test('a job whose orchestration is gone is ended however many newer ones there are', async () => {
  const newer = Array.from({ length: 250 }, (_, index): [string, Job['state']] => [
    restoreId('web', hoursAgo(1), index.toString(16).padStart(6, '0')),
    'Succeeded',
  ]);
  const gone = restoreId('web', hoursAgo(5), 'aaaaaa');
  const alive = restoreId('web', hoursAgo(6), 'bbbbbb');
  const services = await jobsOf(...newer, [gone, 'Running'], [alive, 'Running']);
  expect(await endAbandonedJobs(services, fakeClient([alive]).client, NOW, log)).toEqual([gone]);
  expect((await services.jobs.read(gone))?.value).toMatchObject({
    state: 'Failed',
    error: { code: 'JobInterrupted' },
    endedAt: new Date(NOW).toISOString(),
  });
  expect(told).toEqual([expect.stringMatching(`^DVB1001 backup.job.failed ${gone}: JobInterrupted`)]);
});

test('a job that was recorded a moment ago, or is a backup, is left alone', async () => {
  const young = restoreId('web', hoursAgo(0.05), 'aaaaaa');
  const services = await jobsOf([young, 'Queued'], ['20260310t010000z-backup-web', 'Running']);
  expect(await endAbandonedJobs(services, fakeClient().client, NOW, log)).toEqual([]);
});

test('a record that is damaged keeps no other job open', async () => {
  const damaged = restoreId('web', hoursAgo(5), 'aaaaaa');
  const gone = restoreId('web', hoursAgo(6), 'bbbbbb');
  const services = await jobsOf([damaged, 'Running'], [gone, 'Running']);
  for await (const { name } of services.store.list('jobs/')) {
    if (name.includes(damaged)) await services.store.put(name, Buffer.from('{"half'));
  }
  expect(await endAbandonedJobs(services, fakeClient().client, NOW, log)).toEqual([gone]);
});

test('a job that was abandoned weeks ago is ended too, when the app was down since', async () => {
  const client = fakeClient().client;
  const longGone = restoreId('web', hoursAgo(24 * 40), 'aaaaaa');
  expect(await endAbandonedJobs(await jobsOf([longGone, 'Running']), client, NOW, log)).toEqual([longGone]);

  const services = await jobsOf();
  const before = hoursAgo(24 * 20);
  await endAbandonedJobs(services, client, before, log);
  const justBefore = restoreId('web', hoursAgo(24 * 20 + 1), 'bbbbbb');
  await services.jobs.create(justBefore, {
    id: justBefore,
    kind: 'restore',
    state: 'Running',
    trigger: 'on-demand',
    createdAt: before,
    disks: [],
    warnings: [],
  });
  expect(await endAbandonedJobs(services, client, NOW, log)).toEqual([justBefore]);
});

test('what was ended long before the last look is not read again', async () => {
  const services = await jobsOf([restoreId('web', hoursAgo(24 * 40), 'aaaaaa'), 'Succeeded']);
  const client = fakeClient().client;
  const read = jest.spyOn(services.jobs, 'read');
  await endAbandonedJobs(services, client, hoursAgo(1), log);
  expect(read).toHaveBeenCalledTimes(1);
  await endAbandonedJobs(services, client, NOW, log);
  expect(read).toHaveBeenCalledTimes(1);
});

test('one that cannot be ended is tried again, however long that takes', async () => {
  const gone = restoreId('web', hoursAgo(5), 'aaaaaa');
  const services = await jobsOf([gone, 'Running']);
  const broken = {
    ...services,
    jobs: { ...services.jobs, update: () => Promise.reject(new Error('not now')) },
  };
  const client = fakeClient().client;
  expect(await endAbandonedJobs(broken, client, NOW, log)).toEqual([]);
  const weeksLater = new Date(Date.parse(NOW) + 20 * 86_400_000).toISOString();
  expect(await endAbandonedJobs(services, client, weeksLater, log)).toEqual([gone]);
});
