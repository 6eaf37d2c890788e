import { type EmulatedAzure, emulatedAzure } from '../support/emulated-azure';
import { type RunningApp, startRunningApp } from '../support/running-app';

/**
 * VMs and disks that come back another way than they went, in the compiled app against the emulator: what the
 * vault has of them is not sent again, and nothing is there twice.
 */
let app: RunningApp;
let azure: EmulatedAzure;
let web: string;

interface Disk {
  diskId: string;
  mode: string;
  reason?: string;
  changedBytes: number;
  sentBytes: number;
}
const ends = async (route: string, body: object) => {
  let accepted = await app.call('POST', route, body);
  // A job that is over by its record lets go of its VM a moment later.
  await app.until(async () => {
    if (accepted.status === 409) accepted = await app.call('POST', route, body);
    return accepted.status !== 409;
  });
  expect(accepted.status).toBe(202);
  const job = await app.jobEnds(accepted.body.job);
  expect(job).toMatchObject({ state: 'Succeeded', warnings: [] });
  // biome-ignore lint/suspicious/noExplicitAny: job documents are looked into
  return job as any;
};
const second = () => Math.floor(Date.now() / 1000);
let lastBackup = 0;
/** Points are told apart, and their order is known, by the second in which they were asked for. */
async function backUp(key = web) {
  await app.until(async () => second() > lastBackup);
  lastBackup = second();
  return ends(`vms/${key}/backups`, {});
}
const restore = (point: string, body: object) => ends(`recovery-points/${point}/restores`, body);
const sent = ({ disks }: { disks: Disk[] }) =>
  disks.map(({ diskId, mode, changedBytes, sentBytes }) => ({
    diskId,
    mode,
    changedBytes,
    sentBytes,
  }));
const nothingSent = (mode: string, ...diskIds: string[]) =>
  diskIds.map((diskId) => ({ diskId, mode, changedBytes: 0, sentBytes: 0 }));

beforeAll(async () => {
  app = await startRunningApp([{ name: 'web', os: 'Linux', policy: 'kept', dataDisk: true }]);
  azure = emulatedAzure(app.azure.url, app.azure.subscriptionId, 'fleet');
  web = (await app.call('GET', 'vms')).body.vms[0].key;
  const schedule = { frequency: 'daily', times: ['02:00'], timeZone: 'UTC' };
  await app.call('PUT', 'policies/kept', { schedule, instantRestoreDays: 1 });
});
afterAll(() => app.stop());

test('after a restore in place the next backup is compared with the point, and sends nothing', async () => {
  const { recoveryPoint: first } = await backUp();
  await app.azure.write('web', 7);
  const { recoveryPoint: patched } = await backUp();
  await app.azure.write('web', 8);
  await backUp();
  for (const point of [first, patched]) {
    await restore(point, { target: 'replace', deallocate: true });
    const job = await backUp();
    expect(sent(job)).toEqual(nothingSent('checksum', 'os', 'lun-0'));
    const made = await app.call('GET', `recovery-points/${job.recoveryPoint}`);
    expect(made.body.disks[0].modeReason).toContain(`restored from ${point} (os)`);
  }
  expect(sent(await backUp())).toEqual(nothingSent('changed-blocks', 'os', 'lun-0'));
});

test('the first backup of a VM that a restore made sends nothing', async () => {
  const { recoveryPoint } = await backUp();
  await restore(recoveryPoint, { target: 'vm', name: 'twin', network: { subnet: azure.subnetId } });
  const { body } = await app.call('GET', 'vms');
  const twin = body.vms.find(({ name }: { name: string }) => name === 'twin').key;
  expect(sent(await backUp(twin))).toEqual(nothingSent('checksum', 'os', 'lun-0'));
});

test('a disk is tracked as before at another LUN, and a restore in place leaves no second copy of it', async () => {
  const { recoveryPoint } = await backUp();
  const bytes = await azure.attachedBytes('web');
  await azure.moveDisk('web', 0, 5);
  expect(sent(await backUp())).toEqual(nothingSent('changed-blocks', 'os', 'lun-5'));

  const job = await restore(recoveryPoint, { target: 'replace', deallocate: true });
  expect(await azure.attachedBytes('web')).toEqual(bytes);
  expect(job.replacedDisks).toHaveLength(2);
  expect(await azure.powerOf('web')).toBe('running');
  expect(sent(await backUp())).toEqual(nothingSent('checksum', 'os', 'lun-0'));
});

test('a disk that came back by another way is read once, and sends nothing that the vault has', async () => {
  await app.azure.write('web', 9);
  await backUp();
  await azure.replaceByCopy('web', 0);
  const job = await backUp();
  expect(sent(job)).toEqual([...nothingSent('changed-blocks', 'os'), ...nothingSent('checksum', 'lun-0')]);
  expect(job.disks[1].reason).toContain('another unique id');
});
