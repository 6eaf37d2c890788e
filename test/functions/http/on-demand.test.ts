import { type EmulatedAzure, emulatedAzure, HELD } from '../support/emulated-azure';
import { type RunningApp, startRunningApp } from '../support/running-app';

/** Backups on demand share the bound of the whole fleet's backups: here it is one. */
let app: RunningApp;
let azure: EmulatedAzure;
let vms: string[];

beforeAll(async () => {
  const names = ['a', 'b', 'c'];
  app = await startRunningApp(
    names.map((name) => ({ name, os: 'Linux', policy: 'daily' })),
    { MaxConcurrentBackups: '1' },
  );
  azure = emulatedAzure(app.azure.url, app.azure.subscriptionId, 'fleet');
  vms = (await app.call('GET', 'vms')).body.vms.map(({ key }: { key: string }) => key);
});
afterAll(() => app.stop());
afterEach(() => app.calm(azure));

async function start(vm = ''): Promise<string> {
  const { status, body } = await app.call('POST', `vms/${vm}/backups`, {});
  expect(status).toBe(202);
  return body.job;
}
const stateOf = async (job: string) => (await app.call('GET', `jobs/${job}`)).body.state;
const tick = (timer: string) =>
  fetch(`${app.host.url}/admin/functions/${timer}`, { method: 'POST', body: '{"input":""}' });

/**
 * A lane that is just about to rest takes nothing more: then it is the scheduler's next look that starts it
 * again.
 */
const untilSnapshot = (job: string) =>
  app.until(async () => {
    const { body } = await app.call('GET', `jobs/${job}`);
    if (body.state === 'Queued') await tick('scheduler');
    return body.phase === 'snapshot';
  });

test('one runs, the others wait in the order in which they were asked for, and each runs in the end', async () => {
  await azure.fault('restorePoints.create', HELD);
  const first = await start(vms[0]);
  await untilSnapshot(first);
  const second = await start(vms[1]);
  const third = await start(vms[2]);
  // The scheduler neither starts a second lane nor takes what waits for dead.
  await tick('scheduler');
  expect([await stateOf(second), await stateOf(third)]).toEqual(['Queued', 'Queued']);
  const refused = await app.call('POST', `vms/${vms[1]}/backups`, {});
  expect(refused).toMatchObject({ status: 409, body: { job: second } });

  await app.call('POST', `jobs/${first}/cancel`);
  const jobs = [];
  for (const id of [first, second, third]) jobs.push(await app.jobEnds(id));
  expect(jobs.map(({ state }) => state)).toEqual(['Cancelled', 'Succeeded', 'Succeeded']);
  const times = jobs.map(({ startedAt, endedAt }) => ({
    started: Date.parse(String(startedAt)),
    ended: Date.parse(String(endedAt)),
  }));
  expect(times[1]!.started).toBeGreaterThanOrEqual(times[0]!.ended);
  expect(times[2]!.started).toBeGreaterThanOrEqual(times[1]!.ended);
});

test('one that waits is cancelled at once, and leaves its VM free', async () => {
  await azure.fault('restorePoints.create', HELD);
  const first = await start(vms[0]);
  await untilSnapshot(first);
  const second = await start(vms[1]);
  await app.call('POST', `jobs/${second}/cancel`);
  const { body } = await app.call('GET', `jobs/${second}`);
  expect(body).toMatchObject({ state: 'Cancelled', error: { code: 'JobCancelled' } });
  expect(body.startedAt).toBeUndefined();
  const again = await start(vms[1]);
  await app.call('POST', `jobs/${first}/cancel`);
  expect(await app.jobEnds(again)).toMatchObject({ state: 'Succeeded' });
  const points = await app.call('GET', `vms/${vms[1]}/recovery-points`);
  expect(points.body.recoveryPoints.map(({ job }: { job: string }) => job)).not.toContain(second);
});
