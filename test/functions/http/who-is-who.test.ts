import { emulatedAzure as administrator } from '../../../client/emulated-azure';
import { SECOND_SUBSCRIPTION_ID, SUBSCRIPTION_ID } from '../../../local/compute-emulator/cloud/ids';
import { type EmulatedAzure, emulatedAzure } from '../support/emulated-azure';
import { type RunningApp, startRunningApp } from '../support/running-app';
import { shapedAzure } from '../support/shaped-azure';

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

// biome-ignore lint/suspicious/noExplicitAny: views of VMs are looked into
const vmNow = async (name: string): Promise<any> =>
  (await app.call('GET', 'vms')).body.vms.find((vm: { name: string }) => vm.name === name);

beforeAll(async () => {
  app = await startRunningApp(
    [
      { name: 'web', os: 'Linux', policy: 'kept', dataDisk: true },
      { name: 'mover', os: 'Linux', policy: 'kept', dataDisk: true },
      { name: 'emigrant', os: 'Linux', policy: 'kept', dataDisk: true },
      { name: 'mail', os: 'Linux', policy: 'kept' },
    ],
    { Subscriptions: [SUBSCRIPTION_ID, SECOND_SUBSCRIPTION_ID].join() },
  );
  azure = emulatedAzure(app.azure.url, app.azure.subscriptionId, 'fleet');
  web = (await vmNow('web')).key;
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

test.each([
  ['group', 'mover', SUBSCRIPTION_ID, 'archive'],
  ['subscription', 'emigrant', SECOND_SUBSCRIPTION_ID, 'second-archive'],
])(
  'a VM that moves to another %s is the same VM: protected, tracked, and restorable in place',
  async (_, name, subscription, group) => {
    const { key } = await vmNow(name);
    const { recoveryPoint } = await backUp(key);
    const bytes = await azure.attachedBytes(name);
    await moveTo(`/subscriptions/${subscription}/resourceGroups/${group}`, name);
    await app.tick('scheduler');
    const after = await vmNow(name);
    expect(after).toMatchObject({ key, subscriptionId: subscription, resourceGroup: group, policy: 'kept' });
    expect(after.problem).toBeUndefined();
    expect(sent(await backUp(key))).toEqual(nothingSent('changed-blocks', 'os', 'lun-0'));
    await app.azure.write(name, 7);
    const [os, data] = (await backUp(key)).disks as Disk[];
    expect([os, data]).toMatchObject([
      { mode: 'changed-blocks', changedBytes: 16 * 4096 },
      { mode: 'changed-blocks', changedBytes: 0, sentBytes: 0 },
    ]);
    expect(os?.sentBytes).toBeLessThan(4096);

    await restore(recoveryPoint, { target: 'replace', deallocate: true });
    const there = emulatedAzure(app.azure.url, subscription, group);
    expect(await there.attachedBytes(name)).toEqual(bytes);
    expect(sent(await backUp(key))).toEqual(nothingSent('checksum', 'os', 'lun-0'));
    const { body } = await app.call('GET', `vms/${key}/recovery-points`);
    expect(body.recoveryPoints).toHaveLength(4);
  },
);

test('a VM made anew under an old name is another: nothing of the old one is replaced in it or counted for it', async () => {
  const { key } = await vmNow('mail');
  const { recoveryPoint } = await backUp(key);
  await azure.deleteVm('mail');
  const shaped = shapedAzure(app.azure.url, app.azure.subscriptionId, 'fleet');
  await shaped.make('mail', {
    os: 'Linux',
    vm: { properties: { hardwareProfile: { vmSize: 'Standard_D2s_v5' } } },
  });
  const both = (await app.call('GET', 'vms')).body.vms.filter(
    ({ name }: { name: string }) => name === 'mail',
  );
  const anew = both.find((vm: { key: string }) => vm.key !== key).key;
  const job = await backUp(anew);
  expect(sent(job)).toMatchObject([{ mode: 'full', sentBytes: 0 }]);
  const pointsOf = async (vm: string) =>
    (await app.call('GET', `vms/${vm}/recovery-points`)).body.recoveryPoints.map(
      ({ id }: { id: string }) => id,
    );
  expect(await pointsOf(anew)).toEqual([job.recoveryPoint]);
  expect(await pointsOf(key)).toEqual([recoveryPoint]);
  const before = await azure.attachedBytes('mail');
  const order = { target: 'replace', deallocate: true };
  const { body } = await app.call('POST', `recovery-points/${recoveryPoint}/restores`, order);
  expect(await app.jobEnds(body.job)).toMatchObject({ state: 'Failed', error: { code: 'RestoreVmGone' } });
  expect(await azure.attachedBytes('mail')).toEqual(before);
});

/** As an administrator moves a VM: with its disks and its network interfaces. */
async function moveTo(group: string, name: string): Promise<void> {
  const admin = administrator(app.azure.url);
  const { id, properties } = await azure.vm(name);
  const { osDisk, dataDisks } = properties.storageProfile;
  const disks = [osDisk, ...dataDisks].map(({ managedDisk }) => managedDisk.id);
  await admin.move([id, ...disks, ...(await admin.networkInterfacesOf(id))], group);
}
