import { type RunningApp, startRunningApp } from '../support/running-app';
import { type ShapedAzure, shapedAzure } from '../support/shaped-azure';
import { unexplained } from '../support/unexplained';
import { VM_SHAPES } from '../support/vm-shapes';

/**
 * VMs as people really have them: backed up and restored as VMs, by the compiled app against the emulator.
 */
const GROUP = 'shapes';

let app: RunningApp;
let azure: ShapedAzure;
/** Recovery points by the name of the VM. */
const points = new Map<string, string>();

// biome-ignore lint/suspicious/noExplicitAny: job documents are looked into
const restore = async (name: string, body: object): Promise<any> => {
  const route = `recovery-points/${points.get(name)}/restores`;
  return app.jobEnds((await app.call('POST', route, body)).body.job);
};

beforeAll(async () => {
  app = await startRunningApp([]);
  azure = shapedAzure(app.azure.url, app.azure.subscriptionId, GROUP);
  // The private disk's bytes are read and written where its disk access resource is.
  await azure.settings({ insidePrivateNetwork: true });
  for (const [name, shape] of Object.entries(VM_SHAPES)) await azure.make(name, shape);
  const { vms } = (await app.call('GET', 'vms')).body;
  for (const { name, key } of vms) {
    const { body } = await app.call('POST', `vms/${key}/backups`, {});
    const job = await app.jobEnds(body.job);
    expect({ name, error: job.error }).toEqual({ name, error: undefined });
    points.set(name, job.recoveryPoint as string);
  }
}, 120_000);
afterAll(() => app.stop());

describe.each(Object.keys(VM_SHAPES))('the VM %s', (name) => {
  it('comes back beside the old one as it was, with a warning for all that did not come', async () => {
    const job = await restore(name, { target: 'vm', name: `${name}2`, keepBackupTag: true });
    expect(job.error).toBeUndefined();
    expect(unexplained(await azure.whole(name), await azure.whole(`${name}2`), job.warnings)).toEqual([]);
  });
});

const shared = (type: string, name: string) =>
  `/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/shared/providers/${type}/${name}`;
const missing = (...ids: string[]) => azure.settings({ missing: ids });
const PRIVATE_SET = shared('Microsoft.Compute/diskEncryptionSets', 'des-1');

describe('what is not there any more', () => {
  afterEach(() => missing());

  it('is left out with a warning where the VM can do without: a place, an account, an identity', async () => {
    await missing(
      shared('Microsoft.Compute/availabilitySets', 'as-1'),
      shared('Microsoft.Compute/capacityReservationGroups', 'crg-1'),
    );
    const job = await restore('placed', { target: 'vm', name: 'placed3' });
    expect(job.warnings).toEqual([
      expect.stringContaining('without the availability set'),
      expect.stringContaining('without the capacity reservation'),
    ]);
    const { properties } = (await azure.whole('placed3')).vm as { properties: object };
    expect(properties).toMatchObject({ proximityPlacementGroup: { id: expect.stringContaining('ppg-1') } });
    expect(properties).not.toHaveProperty('availabilitySet');
  });

  it.each([
    ['an encryption set', [PRIVATE_SET]],
    ['a disk access', [shared('Microsoft.Compute/diskAccesses', 'da-1')]],
  ])('stops the restore before a byte is written where it protected a disk: %s', async (_what, ids) => {
    await missing(...ids);
    const before = await azure.diskNames();
    const job = await restore('private', { target: 'disks' });
    expect(job).toMatchObject({ state: 'Failed', error: { code: 'RestoreLessProtected' } });
    expect(job.error.message).toContain(ids[0]);
    expect(await azure.diskNames()).toEqual(before);
  });

  it('may be missing where that was asked for, and the job says so; or another one takes its place', async () => {
    await missing(PRIVATE_SET);
    const open = await restore('private', { target: 'vm', name: 'private3', allowLessProtected: true });
    expect(open).toMatchObject({ state: 'Succeeded', warnings: [expect.stringContaining(PRIVATE_SET)] });
    const encryptionSet = shared('Microsoft.Compute/diskEncryptionSets', 'des-2');
    const other = await restore('private', { target: 'vm', name: 'private4', encryptionSet });
    expect(other).toMatchObject({ state: 'Succeeded', warnings: [] });
    const setsOf = async (name: string) =>
      [...(await azure.whole(name)).disks.values()].map(
        // biome-ignore lint/suspicious/noExplicitAny: ARM documents of every shape
        ({ properties }: any) => properties.encryption.diskEncryptionSetId,
      );
    expect(await setsOf('private3')).toEqual([undefined, undefined]);
    expect(await setsOf('private4')).toEqual([encryptionSet, encryptionSet]);
  });

  it('stops the restore where it protected the network, until another one is named', async () => {
    await missing(shared('Microsoft.Network/networkSecurityGroups', 'nsg-1'));
    const before = await azure.diskNames();
    const refused = await restore('linux-identity', { target: 'vm', name: 'identity3' });
    expect(refused).toMatchObject({ state: 'Failed', error: { code: 'RestoreResourceNotFound' } });
    expect(refused.error.message).toContain('nsg-1');
    expect(await azure.diskNames()).toEqual(before);
    const securityGroup = shared('Microsoft.Network/networkSecurityGroups', 'nsg-2');
    const job = await restore('linux-identity', {
      target: 'vm',
      name: 'identity4',
      network: { securityGroup },
    });
    expect(job.state).toBe('Succeeded');
    expect((await azure.whole('identity4')).interfaces).toMatchObject([
      { properties: { networkSecurityGroup: { id: securityGroup } } },
    ]);
  });

  it('is a resource group that was named', async () => {
    await missing(`/subscriptions/${app.azure.subscriptionId}/resourceGroups/nowhere`);
    const before = await azure.diskNames();
    const job = await restore('spot', { target: 'disks', resourceGroup: 'nowhere' });
    expect(job).toMatchObject({ state: 'Failed', error: { code: 'ResourceGroupNotFound' } });
    expect(await azure.diskNames()).toEqual(before);
  });
});

describe('what can be chosen', () => {
  it('is which disks, of which type, in which size and zone, with which tags, and that it stays off', async () => {
    const job = await restore('windows-sql', {
      target: 'vm',
      name: 'chosen',
      disks: ['os', 'lun-0'],
      skus: { 'lun-0': 'StandardSSD_LRS' },
      size: 'Standard_D4s_v5',
      zone: '3',
      tags: { 'cost-centre': '7' },
      start: false,
    });
    expect(job.error).toBeUndefined();
    expect(job.warnings).toEqual(
      expect.arrayContaining([
        expect.stringContaining('without the disk windows-sql-1 at LUN 1'),
        expect.stringContaining('The disk windows-sql-0 comes without the performance tier'),
      ]),
    );
    const { vm, disks, interfaces } = await azure.whole('chosen');
    expect(vm).toMatchObject({
      zones: ['3'],
      tags: { 'cost-centre': '7' },
      properties: { hardwareProfile: { vmSize: 'Standard_D4s_v5' } },
    });
    expect([...disks.keys()]).toEqual([-1, 0]);
    expect(disks.get(0)).toMatchObject({ sku: { name: 'StandardSSD_LRS' }, zones: ['3'] });
    for (const one of [...disks.values(), ...interfaces])
      expect(one).toMatchObject({ tags: { 'cost-centre': '7' } });
    expect(await azure.powerOf('chosen')).toBe('deallocated');
  });

  it('is a single disk in place of that of the VM, and whether the VM runs after it', async () => {
    const before = await azure.whole('zonal');
    const job = await restore('zonal', {
      target: 'replace',
      disks: ['lun-5'],
      deallocate: true,
      start: false,
    });
    expect(job).toMatchObject({ state: 'Succeeded', warnings: [] });
    const after = await azure.whole('zonal');
    expect(after.disks.get(-1)?.id).toBe(before.disks.get(-1)?.id);
    expect(after.disks.get(5)?.id).not.toBe(before.disks.get(5)?.id);
    expect(await azure.powerOf('zonal')).toBe('deallocated');
  });

  it.each([
    ['a size that nobody offers', 'spot', { size: 'Standard_X1' }, 'RestoreSizeNotAvailable'],
    ['a size of another architecture', 'arm-nvme', { size: 'Standard_D2s_v5' }, 'RestoreSizeNotAvailable'],
    [
      'a zone that the region lacks',
      'spot',
      { size: 'Standard_D2s_v5', zone: '9' },
      'RestoreSizeNotAvailable',
    ],
    [
      'a type of disk that nobody offers',
      'spot',
      { skus: { os: 'Magnetic_LRS' } },
      'RestoreDiskTypeNotAvailable',
    ],
  ])('is refused before a byte is written: %s', async (_what, name, choice, code) => {
    const before = await azure.diskNames();
    const job = await restore(name, { target: 'vm', name: 'refused', ...choice });
    expect(job).toMatchObject({ state: 'Failed', error: { code } });
    expect(await azure.diskNames()).toEqual(before);
  });

  it.each([
    ['a disk that the point lacks', { target: 'disks', disks: ['lun-9'] }, ['disks']],
    ['a VM without its OS disk', { target: 'vm', disks: ['lun-5'] }, ['disks']],
    [
      'a type for a disk that stays',
      { target: 'replace', disks: ['os'], skus: { 'lun-5': 'Premium_LRS' } },
      ['skus.lun-5'],
    ],
  ])('is refused at once: %s', async (_what, body, fields) => {
    const answer = await app.call('POST', `recovery-points/${points.get('zonal')}/restores`, body);
    expect(answer.status).toBe(400);
    expect(answer.body.faults.map(({ field }: { field: string }) => field)).toEqual(fields);
  });
});

it('comes back with its addresses and pools when the old VM is gone', async () => {
  const before = await azure.whole('firewall');
  await azure.remove('firewall2', 0);
  await azure.remove('firewall', 3);
  const job = await restore('firewall', { target: 'vm', keepBackupTag: true });
  expect(job).toMatchObject({ state: 'Succeeded', warnings: [] });
  expect(unexplained(before, await azure.whole('firewall'), [])).toEqual([]);
});
