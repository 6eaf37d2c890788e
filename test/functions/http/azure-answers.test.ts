import { type RunningApp, startRunningApp } from '../support/running-app';
import { type ShapedAzure, shapedAzure } from '../support/shaped-azure';
import type { VmShape } from '../support/vm-shapes';

/** What Azure answers, by the causes and remedies that people read; each remedy is followed, and helps. */
const GROUP = 'answers';
const PLAIN: VmShape = {
  os: 'Linux',
  vm: { properties: { hardwareProfile: { vmSize: 'Standard_D2s_v5' } } },
  data: [{ lun: 0, disk: { sku: { name: 'Premium_LRS' } } }],
};

let app: RunningApp;
let azure: ShapedAzure;

async function start(settings: object = {}): Promise<void> {
  app = await startRunningApp([], settings);
  azure = shapedAzure(app.azure.url, app.azure.subscriptionId, GROUP);
}
afterEach(() => app.stop());

// biome-ignore lint/suspicious/noExplicitAny: job documents are looked into
type Job = any;
const keyOf = async (name: string): Promise<string> =>
  (await app.call('GET', 'vms')).body.vms.find((vm: { name: string }) => vm.name === name).key;
const backUp = async (name: string): Promise<Job> => {
  const { body } = await app.call('POST', `vms/${await keyOf(name)}/backups`, {});
  return app.jobEnds(body.job);
};
const restore = async (point: string, body: object): Promise<Job> =>
  app.jobEnds((await app.call('POST', `recovery-points/${point}/restores`, body)).body.job);

const FORBIDDEN = { requiredTags: ['CostCentre'] };

describe('a policy that demands a tag', () => {
  it('is named where it forbids a restore point, and where it forbids what a restore makes', async () => {
    await start();
    await azure.make('web', PLAIN);
    await azure.settings(FORBIDDEN);
    const refused = await backUp('web');
    expect(refused).toMatchObject({ state: 'Failed', error: { code: 'PolicyDenied' } });
    expect(refused.error.message).toContain('Require the tag CostCentre');
    expect(refused.error.remedy).toContain('ResourceTags');
    await azure.settings({ requiredTags: [] });
    const { recoveryPoint } = await backUp('web');
    await azure.settings(FORBIDDEN);
    expect(await restore(recoveryPoint, { target: 'disks' })).toMatchObject({
      state: 'Failed',
      error: { code: 'PolicyDenied' },
    });
    const tags = { costcentre: '7' };
    expect(await restore(recoveryPoint, { target: 'vm', name: 'web2', tags })).toMatchObject({
      state: 'Succeeded',
    });
  });

  it('is satisfied by the setting, in everything that can have tags', async () => {
    await start({ ResourceTags: 'CostCentre=7;Owner=backup' });
    await azure.make('web', PLAIN);
    await azure.settings(FORBIDDEN);
    const { recoveryPoint } = await backUp('web');
    expect(await restore(recoveryPoint, { target: 'vm', name: 'web2' })).toMatchObject({
      state: 'Succeeded',
    });
    const { vm, disks, interfaces } = await azure.whole('web2');
    for (const one of [vm, ...disks.values(), ...interfaces]) {
      expect(one).toMatchObject({ tags: { CostCentre: '7', Owner: 'backup' } });
    }
  });
});

describe('a lock on the resource group of a VM', () => {
  it('is told once, by its name, however many snapshots it keeps', async () => {
    await start();
    await azure.make('web', PLAIN);
    await azure.settings({ lockedResourceGroups: [GROUP] });
    await backUp('web');
    const { state, warnings } = await backUp('web');
    expect(state).toBe('Succeeded');
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/^ResourceLocked: .* are locked: '.*\/resourceGroups\/answers'/);
  });

  it('keeps no snapshot where those live in a group of their own', async () => {
    await start({ SnapshotResourceGroup: 'snapshots' });
    await azure.make('web', PLAIN);
    await azure.settings({ lockedResourceGroups: [GROUP] });
    expect(await backUp('web')).toMatchObject({ state: 'Succeeded', warnings: [] });
    const { collections, restorePoints } = await azure.state();
    expect(collections.map(({ id }) => id.split('/')[4])).toEqual(['snapshots']);
    expect(restorePoints).toEqual([]);
  });

  it('and a group for snapshots that does not exist is told by its name', async () => {
    await start({ SnapshotResourceGroup: 'nowhere' });
    await azure.make('web', PLAIN);
    await azure.settings({ missing: [`/subscriptions/${app.azure.subscriptionId}/resourceGroups/nowhere`] });
    const job = await backUp('web');
    expect(job).toMatchObject({ state: 'Failed', error: { code: 'ResourceGroupNotFound' } });
    expect(job.error.message).toContain('nowhere');
    await azure.settings({ missing: [] });
    expect(await backUp('web')).toMatchObject({ state: 'Succeeded' });
  });
});

describe.each([
  ['a size', 'SkuNotAvailable', 'RestoreSizeNotAvailable', { size: 'Standard_D4s_v5' }],
  ['room in a zone', 'ZonalAllocationFailed', 'RestoreVmNoCapacity', { zone: '2' }],
  ['room for a size', 'AllocationFailed', 'RestoreVmNoCapacity', { size: 'Standard_D4s_v5' }],
  ['cores', 'QuotaExceeded', 'RestoreCoreQuotaExceeded', { size: 'Standard_D2s_v5' }],
])('Azure lacks %s', (_what, code, is, choice) => {
  it('the cause is its own, what was made is gone, and the choice that the remedy names helps', async () => {
    await start();
    await azure.make('web', PLAIN);
    const { recoveryPoint } = await backUp('web');
    const before = await azure.diskNames();
    await azure.fault('virtualMachines.createOrUpdate', {
      kind: 'refuse',
      status: 409,
      code,
      message:
        code === 'QuotaExceeded' ? 'Exceeding quota of standardDSv5Family.' : 'Not for Standard_D2s_v5.',
    });
    const job = await restore(recoveryPoint, { target: 'vm', name: 'web2' });
    expect(job).toMatchObject({ state: 'Failed', error: { code: is } });
    expect(job.error.remedy).toContain(`"${Object.keys(choice)[0]}"`);
    expect(await azure.diskNames()).toEqual(before);
    expect(await restore(recoveryPoint, { target: 'vm', name: 'web2', ...choice })).toMatchObject({
      state: 'Succeeded',
    });
  });
});

describe('a VM with an ephemeral OS disk', () => {
  it('says which setting helps, and with it has its data disks backed up and restored', async () => {
    await start();
    await azure.make('web', PLAIN);
    await azure.ephemeral('web');
    const refused = await backUp('web');
    expect(refused).toMatchObject({ state: 'Failed', error: { code: 'DiskIsEphemeral' } });
    expect(refused.error.remedy).toContain('"unsupportedDisks": "skip"');
    const { policy } = await app.call('GET', 'policies/daily').then(({ body }) => ({ policy: body }));
    const { name: _name, ...rest } = policy;
    const put = await app.call('PUT', 'policies/daily', {
      ...withoutReadOnly(rest),
      unsupportedDisks: 'skip',
    });
    expect(put.status).toBeLessThan(300);
    const job = await backUp('web');
    expect(job).toMatchObject({ state: 'Succeeded' });
    const { body: point } = await app.call('GET', `recovery-points/${job.recoveryPoint}`);
    expect(point.disks.map(({ diskId, id }: Job) => diskId ?? id)).toEqual(['lun-0']);
    expect(point.warnings).toEqual([expect.stringContaining('The OS disk is not in the point')]);
    expect(await restore(job.recoveryPoint, { target: 'disks' })).toMatchObject({ state: 'Succeeded' });
    const asVm = await restore(job.recoveryPoint, { target: 'vm', name: 'web2' });
    expect(asVm).toMatchObject({ state: 'Failed', error: { code: 'RestoreVmRefused' } });
  });
});

const withoutReadOnly = ({ preset: _preset, vms: _vms, ...policy }: Job): Job => policy;

describe('a network interface that the app may not read', () => {
  const FORBIDDEN_TO_READ = { kind: 'refuse', status: 403, code: 'AuthorizationFailed', message: 'No.' };

  it('keeps no VM from being backed up, is told in the point, and by the restore', async () => {
    await start();
    await azure.make('web', { ...PLAIN, interfaces: [{}, {}] });
    await azure.fault('networkInterfaces.get', FORBIDDEN_TO_READ, { resource: 'web-nic-1' });
    const job = await backUp('web');
    const said = 'The network interface web-nic-1 could not be read: a restored VM comes without it.';
    expect(job).toMatchObject({ state: 'Succeeded' });
    const { body: point } = await app.call('GET', `recovery-points/${job.recoveryPoint}`);
    expect(point.warnings).toEqual([said]);
    const restored = await restore(job.recoveryPoint, { target: 'vm', name: 'web2' });
    expect(restored).toMatchObject({
      state: 'Succeeded',
      warnings: [expect.stringContaining('without the network interface web-nic-1')],
    });
    expect((await azure.whole('web2')).interfaces).toHaveLength(1);
  });

  it('leaves a VM without any: the restore asks for a subnet, and with one makes it', async () => {
    await start();
    await azure.make('web', PLAIN);
    await azure.fault('networkInterfaces.get', FORBIDDEN_TO_READ);
    const { recoveryPoint } = await backUp('web');
    const refused = await restore(recoveryPoint, { target: 'vm', name: 'web2' });
    expect(refused).toMatchObject({ state: 'Failed', error: { code: 'NetworkInterfaceNotFound' } });
    const network = { subnet: azure.subnetId };
    expect(await restore(recoveryPoint, { target: 'vm', name: 'web2', network })).toMatchObject({
      state: 'Succeeded',
    });
  });
});

describe('a confidential VM', () => {
  it('is told in its point when that is made, and comes back as something less only where that is asked for', async () => {
    await start();
    const securityProfile = { securityType: 'ConfidentialVM', uefiSettings: { vTpmEnabled: true } };
    await azure.make('secret', {
      os: 'Linux',
      vm: { properties: { hardwareProfile: { vmSize: 'Standard_D2s_v5' }, securityProfile } },
      osDisk: {
        properties: {
          securityProfile: { securityType: 'ConfidentialVM_VMGuestStateOnlyEncryptedWithPlatformKey' },
        },
      },
    });
    const { recoveryPoint } = await backUp('secret');
    const { body: point } = await app.call('GET', `recovery-points/${recoveryPoint}`);
    expect(point.warnings).toEqual([expect.stringContaining('The VM is confidential')]);
    expect(await restore(recoveryPoint, { target: 'vm', name: 'plain' })).toMatchObject({
      state: 'Failed',
      error: { code: 'RestoreLessProtected' },
    });
    const allowed = await restore(recoveryPoint, { target: 'vm', name: 'plain', allowLessProtected: true });
    expect(allowed.error).toBeUndefined();
    expect(allowed.warnings.join(' ')).toContain('It was a confidential VM');
  });
});
