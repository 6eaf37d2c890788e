import path from 'node:path';
import type { Job } from '../../client/api-types';
import { requestJson } from '../../client/http';
import { isOver } from '../../client/is-over';
import { ApiProblem } from '../../client/request-failed';
import type { SampleFleet } from '../../local/fleet/sample-fleet';
import { makeOwnFleet } from './support/own-fleet';
import { startTestSystem, type TestSystem, testFolder } from './support/test-system';

const UNKNOWN_POINT = 'win-0a1b2c3d.20260101t020000z-0a1b2c3d';
const UNKNOWN_JOB = '20260101t020000z-backup-win-0a1b2c3d';

describe('the HTTP API of the running app', () => {
  let folder: string;
  let running: TestSystem;
  let fleet: SampleFleet;
  let keys: Map<string, string>;
  beforeAll(async () => {
    folder = await testFolder();
    fleet = await makeOwnFleet(path.join(folder, 'fleet'));
    running = await startTestSystem(folder, fleet.fleetFile);
    keys = new Map((await running.api.listVms()).vms.map(({ name, key }) => [name, key]));
  });
  afterAll(() => running.end());
  afterEach(async () => {
    await emulator('DELETE', '/faults');
    await emulator('POST', '/operations/end');
  });

  const emulator = (method: string, route: string, body?: unknown) =>
    requestJson(method, `${running.system.emulator}/emulator${route}`, body);

  const pause = () => new Promise((resolve) => setTimeout(resolve, 50));
  const untilJob = async (id: string, isSo: (job: Job) => boolean): Promise<Job> => {
    for (;;) {
      const job = await running.api.getJob({ job: id });
      if (isSo(job)) return job;
      await pause();
    }
  };
  const refusal = async (method: string, route: string, body?: unknown): Promise<ApiProblem> => {
    const failed = await requestJson(method, `${running.system.api}${route}`, body).catch((error) => error);
    expect(failed).toBeInstanceOf(ApiProblem);
    return failed;
  };

  it.each([
    ['job', 'GET', `/jobs/${UNKNOWN_JOB}`],
    ['VM', 'POST', '/vms/nobody-00000000/backups'],
    ['VM', 'GET', '/vms/nobody-00000000/recovery-points'],
    ['recovery point', 'POST', `/recovery-points/${UNKNOWN_POINT}/restores`],
  ])(
    'answers for an unknown %s with a problem document that says what to do (%s %s)',
    async (_, method, route) => {
      const response = await fetch(`${running.system.api}${route}`, {
        method,
        body: route.endsWith('restores') ? '{"target":"disks"}' : undefined,
      });
      expect(response.status).toBe(404);
      expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
      const problem = (await response.json()) as Record<string, unknown>;
      expect(problem).toMatchObject({ status: 404, code: expect.stringMatching(/NotFound$/) });
      expect(problem.detail).toContain(route.split('/')[2]);
      expect(problem.title).toBeTruthy();
      expect(problem.remedy).toBeTruthy();
    },
  );

  it('refuses unknown fields, and values outside their grammar, by name', async () => {
    const policy = { schedule: { frequency: 'daily', times: ['02:00'], timeZone: 'UTC' } };
    expect(await refusal('PUT', '/policies/mine', { ...policy, colour: 'blue' })).toMatchObject({
      status: 400,
      message: expect.stringContaining('colour'),
    });
    const badTime = { schedule: { ...policy.schedule, times: ['25:00'] } };
    expect(await refusal('PUT', '/policies/mine', badTime)).toMatchObject({
      status: 400,
      message: expect.stringContaining('schedule.times.0'),
    });
    const target = await refusal('POST', `/recovery-points/${UNKNOWN_POINT}/restores`, { target: 'moon' });
    expect(target).toMatchObject({ status: 400, message: expect.stringContaining('target') });
  });

  it('refuses a second backup of a VM that has one running, and names the running job', async () => {
    const effect = { kind: 'late', seconds: 3600 };
    await emulator('POST', '/faults', { operation: 'restorePoints.create', resource: 'scripted', effect });
    const key = keys.get('scripted')!;
    const { job } = await running.api.startBackup({ vm: key });
    const response = await fetch(`${running.system.api}/vms/${key}/backups`, { method: 'POST' });
    expect(response.status).toBe(409);
    expect(await response.json()).toMatchObject({ code: 'BackupAlreadyRunning', job });
    while ((await running.emulator.state()).operations.length === 0) await pause();
    await emulator('POST', '/operations/end');
    expect(await untilJob(job, isOver)).toMatchObject({ state: 'Succeeded' });
  });

  it('keeps the snapshot for as long as a transfer lags, and removes it once every disk has settled', async () => {
    // The first chunk of one disk comes, slowly enough to be told of: it has two ranges. Others come as good
    // as never.
    const slow = (bytesPerSecond: number) => ({ kind: 'slow', bytesPerSecond });
    const downloads = { operation: 'blob.download', resource: 'win' };
    await emulator('POST', '/faults', { ...downloads, count: 2, effect: slow(2_000_000) });
    await emulator('POST', '/faults', { ...downloads, count: null, effect: slow(1000) });
    const vm = keys.get('win')!;
    const { job: id } = await running.api.startBackup({ vm });
    await untilJob(id, ({ disks }) => disks.some(({ readBytes }) => readBytes > 0));
    const { restorePoints } = await running.emulator.state();
    expect(restorePoints.map((point) => point.vm)).toContain('win');
    expect((await running.api.listRecoveryPoints({ vm })).recoveryPoints).toEqual([]);

    await emulator('DELETE', '/faults');
    expect(await untilJob(id, isOver)).toMatchObject({ state: 'Succeeded' });
    const left = (await running.emulator.state()).restorePoints;
    expect(left.filter(({ vm }) => vm === 'win')).toEqual([]);
  });
});
