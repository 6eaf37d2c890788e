import { protectedVms } from '../../../src/protection/protected-vm';
import { connectBlobStore } from '../../../src/storage/azure-blob-store';
import { startWithBackedUpVm } from '../support/backed-up-vm';
import { type EmulatedAzure, HELD } from '../support/emulated-azure';
import type { RunningApp } from '../support/running-app';

/** What people do while a restore runs, in the compiled app against the emulator. */
let app: RunningApp;
let azure: EmulatedAzure;
let web: string;
let point: string;
let bytesOfPoint: Record<number, string>;

beforeAll(async () => {
  ({ app, azure, web, point, bytesOfPoint } = await startWithBackedUpVm());
});
afterAll(() => app.stop());
afterEach(() => app.calm(azure));

test('the orchestration of a disk is terminated by hand: the job ends, the disks go, and the VM is free', async () => {
  const before = await azure.disks();
  await azure.fault('disks.createOrUpdate', HELD, null);
  const accepted = await app.call('POST', `recovery-points/${point}/restores`, {
    target: 'replace',
    deallocate: true,
  });
  const { job } = accepted.body;
  await app.until(async () => (await azure.disks()).length === before.length + 2);
  const instance = `${app.host.url}/runtime/webhooks/durabletask/instances/${job}:os`;
  expect((await fetch(`${instance}/terminate?reason=test`, { method: 'POST' })).status).toBe(202);
  expect(await app.jobEnds(job)).toMatchObject({ state: 'Failed', error: { code: 'JobInterrupted' } });
  await app.until(async () => (await azure.disks()).length === before.length);
  expect(await azure.powerOf('web')).toBe('running');
  const { body } = await app.call('POST', `vms/${web}/backups`, {});
  expect(await app.jobEnds(body.job)).toMatchObject({ state: 'Succeeded' });
});

test.each(['vm', 'replace'])(
  'the point is deleted: a restore to "%s" that has begun comes to its end all the same',
  async (target) => {
    const vm = { target, name: 'web-2', network: { subnet: azure.subnetId } };
    await azure.fault('disks.createOrUpdate', HELD);
    const body = target === 'vm' ? vm : { target, deallocate: true };
    const accepted = await app.call('POST', `recovery-points/${point}/restores`, body);
    await app.jobShows(accepted.body.job, ({ phase }) => phase === 'restore');
    expect((await app.call('DELETE', `recovery-points/${point}`)).status).toBeLessThan(300);
    await azure.release('disks.createOrUpdate');
    expect(await app.jobEnds(accepted.body.job)).toMatchObject({ state: 'Succeeded', warnings: [] });
    expect(await azure.attachedBytes(target === 'vm' ? 'web-2' : 'web')).toEqual(bytesOfPoint);
    const refused = await app.call('POST', `recovery-points/${point}/restores`, body);
    expect(refused).toMatchObject({ status: 410, body: { code: 'RecoveryPointDeleted' } });
    expect((await app.call('POST', `recovery-points/${point}/undelete`)).status).toBe(200);
  },
);

test('the orchestration of a restore is terminated while the VM is off: the job says so, and the VM is started', async () => {
  const tick = (timer: string) =>
    fetch(`${app.host.url}/admin/functions/${timer}`, { method: 'POST', body: '{"input":""}' });
  const effect = { kind: 'refuse', status: 429, code: 'TooManyRequests', retryAfterSeconds: 600 };
  await azure.fault('virtualMachines.attachDetachDataDisks', effect, null);
  const body = { target: 'replace', deallocate: true };
  const { job } = (await app.call('POST', `recovery-points/${point}/restores`, body)).body;
  await app.until(async () => (await azure.powerOf('web')) === 'deallocated');
  const instance = `${app.host.url}/runtime/webhooks/durabletask/instances/${job}`;
  expect((await fetch(`${instance}/terminate?reason=test`, { method: 'POST' })).status).toBe(202);
  // The scheduler gives a job five minutes: this one has had them.
  const records = protectedVms(connectBlobStore({ connectionString: app.blobs.connectionString }, 'vault'));
  const since = new Date(Date.now() - 3_600_000).toISOString();
  await records.update(web, (vm) => vm && { ...vm, running: { jobId: job, since } });
  await tick('scheduler');
  const message = expect.stringMatching(/^The VM web ran before and may be off/);
  expect(await app.jobEnds(job)).toMatchObject({ error: { code: 'JobInterrupted', message } });
  await tick('sweeper');
  await app.until(async () => (await azure.powerOf('web')) === 'running');
});
