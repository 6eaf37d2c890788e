import { type Meter, metrics } from '@opentelemetry/api';
import { z } from 'zod';
import { backupError } from '../../src/failures/failure';
import type { Job } from '../../src/jobs/job';
import { keep } from '../../src/jobs/kept-documents';
import { protect, stopProtection } from '../../src/protection/change-protection';
import { endJob, type JobEnding } from '../../src/protection/end-job';
import { installation, protectedVm } from './support/protection';

const NOW = '2026-03-10T09:00:00.000Z';
const EARLIER = '2026-03-10T08:00:00.000Z';
const JOB = '20260310t010000z-backup-web';
const CAPTURE = { name: 'vm.json', schema: z.object({}) };
const interrupted = backupError('JobInterrupted', 'The orchestration is gone.').failure;

const counted: Record<string, unknown>[] = [];
beforeAll(() => {
  const instrument = {
    add: (_: number, dimensions: object) => counted.push({ ...dimensions }),
    record: () => undefined,
  };
  const meter = {
    createCounter: (name: string) => (name === 'backup.jobs' ? instrument : { add: () => undefined }),
    createHistogram: () => instrument,
  } as unknown as Meter;
  metrics.setGlobalMeterProvider({ getMeter: () => meter });
});
afterAll(() => metrics.disable());
beforeEach(() => counted.splice(0));

/** A job that holds its VM, has kept a document, and shows a phase that nobody has ended. */
async function runningJob(change: Partial<Job> = {}) {
  const services = { ...(await installation(NOW)), settings: {} };
  const running = { jobId: JOB, since: EARLIER };
  await services.protectedVms.create('web', protectedVm('web', { running }));
  await services.jobs.create(JOB, {
    id: JOB,
    kind: 'backup',
    vm: 'web',
    state: 'Running',
    trigger: 'schedule',
    createdAt: EARLIER,
    startedAt: EARLIER,
    disks: [],
    warnings: [],
    ...change,
  });
  await keep(services.store, JOB, CAPTURE, {});
  const told: string[] = [];
  const end = (ending: Omit<JobEnding, 'jobId'>) =>
    endJob(services, { warn: (line) => told.push(line) }, { jobId: JOB, ...ending });
  const record = async () => (await services.jobs.read(JOB))?.value;
  const kept = async () => {
    const names = [];
    for await (const { name } of services.store.list('captures/')) names.push(name);
    return names;
  };
  return { ...services, end, told, record, kept };
}

test('a job that was given up is told of, counted, and leaves no phase open, like any other that failed', async () => {
  const { end, told, record, kept, protectedVms } = await runningJob();
  const shown = { phase: 'transfer', phases: [{ phase: 'transfer', startedAt: EARLIER }] };
  expect((await end({ state: 'Failed', shown, error: interrupted })).vm?.running).toBeUndefined();
  expect(await record()).toMatchObject({
    state: 'Failed',
    endedAt: NOW,
    phases: [{ phase: 'transfer', startedAt: EARLIER, endedAt: NOW }],
  });
  expect(told).toEqual([expect.stringMatching(`^DVB1001 backup.job.failed ${JOB}: JobInterrupted`)]);
  expect(counted).toEqual([{ kind: 'backup', state: 'Failed', failure: 'JobInterrupted' }]);
  expect((await protectedVms.read('web'))?.value.running).toBeUndefined();
  expect(await kept()).toEqual([]);
});

test('a job that is cancelled before it began is counted, and nobody is told: they know', async () => {
  const { end, told, record } = await runningJob({ state: 'Queued' });
  const error = backupError('JobCancelled', 'It was cancelled.').failure;
  await end({ state: 'Cancelled', error });
  expect(await record()).toMatchObject({ state: 'Cancelled', endedAt: NOW });
  expect(told).toEqual([]);
  expect(counted).toEqual([{ kind: 'backup', state: 'Cancelled', failure: 'JobCancelled' }]);
});

test('a job that ends twice is counted once, and stays as it ended first', async () => {
  const { end, record } = await runningJob();
  await end({ state: 'Failed', error: interrupted });
  const first = await record();
  await end({ state: 'Succeeded', shown: { recoveryPoint: 'web.20260310t010000z' } });
  expect(await record()).toEqual(first);
  expect(counted).toHaveLength(1);
});

test('a record that nobody can read holds up nothing of the rest, and is told of', async () => {
  const { end, store, protectedVms, kept } = await runningJob();
  for await (const { name } of store.list('jobs/')) await store.put(name, Buffer.from('{"half'));
  const { unclosed, vm } = await end({ vmKey: 'web', state: 'Failed', error: interrupted });
  expect(unclosed?.failure.code).toBe('DocumentUnreadable');
  expect(vm?.running).toBeUndefined();
  expect((await protectedVms.read('web'))?.value.running).toBeUndefined();
  expect(await kept()).toEqual([]);
});

test('the record of a VM that nobody can read keeps nobody from hearing how its job ended', async () => {
  const { end, store, told, record } = await runningJob();
  await store.put('protection/web.json', Buffer.from('{"half'));
  const { unreleased } = await end({ state: 'Failed', error: interrupted });
  expect(unreleased?.failure.code).toBe('DocumentUnreadable');
  expect(await record()).toMatchObject({ state: 'Failed' });
  expect(told).toEqual([expect.stringMatching(`^DVB1001 backup.job.failed ${JOB}`)]);
  expect(counted).toHaveLength(1);
});

test('a VM that another job holds meanwhile is left to it', async () => {
  const { end, protectedVms } = await runningJob();
  const running = { jobId: 'another', since: NOW };
  await protectedVms.update('web', (vm) => vm && { ...vm, running });
  expect((await end({ state: 'Failed', error: interrupted })).vm?.running).toEqual(running);
  expect((await protectedVms.read('web'))?.value.running).toEqual(running);
});

describe('a restore in place that was changing the disks of its VM', () => {
  const RESTORE = '20260310t010000z-restore-web-abcdef';
  const OLDER = '20260309t010000z-restore-web-fedcba';
  const left = [OLDER, RESTORE].map((jobId) => ({ jobId, since: EARLIER }));
  async function restoring() {
    const services = { ...(await installation(NOW)), settings: {} };
    const running = { jobId: RESTORE, since: EARLIER };
    await services.protectedVms.create('web', protectedVm('web', { running, unfinishedRestores: left }));
    for (const id of [OLDER, RESTORE]) await keep(services.store, id, CAPTURE, {});
    const end = (state: JobEnding['state'], code?: Parameters<typeof backupError>[0]) =>
      endJob(
        services,
        { warn: () => undefined },
        {
          jobId: RESTORE,
          vmKey: 'web',
          state,
          error: code && backupError(code, 'as the test wants').failure,
        },
      );
    const unfinished = async () => (await services.protectedVms.read('web'))?.value.unfinishedRestores;
    const kept = async () => {
      const names = [];
      for await (const { name } of services.store.list('captures/')) names.push(name.split('/')[1]);
      return names;
    };
    return { end, unfinished, kept };
  }

  test.each([
    ['Succeeded', undefined],
    ['Failed', 'RestoredVmNotStarted'],
  ] as const)('and swapped them all (%s %s) settles what older ones have left', async (state, code) => {
    const { end, unfinished, kept } = await restoring();
    await end(state, code);
    expect(await unfinished()).toBeUndefined();
    expect(await kept()).toEqual([]);
  });

  test.each(['RestoreVmRefused', 'VmNotStartedAgain', 'JobCancelled'] as const)(
    'and was undone (%s) leaves the VM as the older one did',
    async (code) => {
      const { end, unfinished, kept } = await restoring();
      await end('Failed', code);
      expect(await unfinished()).toEqual(left.slice(0, 1));
      expect(await kept()).toEqual([OLDER]);
    },
  );

  test.each(['JobInterrupted', 'RestoreNotUndone'] as const)(
    'and was given up (%s) leaves all that settling it needs, and no backup counts',
    async (code) => {
      const { end, unfinished, kept } = await restoring();
      await end('Failed', code);
      expect(await unfinished()).toEqual(left);
      expect(await kept()).toEqual([OLDER, RESTORE]);
    },
  );
});

test('whoever protects a VM again whose protection was stopped has decided on its disks; a change of policy decides nothing', () => {
  const unfinishedRestores = [{ jobId: 'restore', since: EARLIER }];
  const vm = protectedVm('web', { unfinishedRestores });
  expect(protect(vm, 'hourly', NOW).unfinishedRestores).toEqual(unfinishedRestores);
  expect(protect(stopProtection(vm, 'retain', NOW), 'daily', NOW).unfinishedRestores).toBeUndefined();
});
