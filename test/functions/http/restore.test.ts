import { type EmulatedAzure, emulatedAzure, HELD } from '../support/emulated-azure';
import { type RunningApp, startRunningApp } from '../support/running-app';

/**
 * Restores to a new VM, and in place of the disks that a VM has, in the compiled app against the emulator.
 */
const GROUP = 'fleet';
const REFUSE = { kind: 'refuse', status: 409, code: 'OperationNotAllowed', message: 'Not now.' };

let app: RunningApp;
let azure: EmulatedAzure;
let web: string;
let point: string;
let bytesOfPoint: Record<number, string>;

const start = async (body: object, id = point) => {
  const { status, body: accepted } = await app.call('POST', `recovery-points/${id}/restores`, body);
  expect(status).toBe(202);
  return accepted.job as string;
};
// biome-ignore lint/suspicious/noExplicitAny: job documents are looked into
const restore = async (body: object, id = point): Promise<any> => app.jobEnds(await start(body, id));
const backUp = async () => {
  const { body } = await app.call('POST', `vms/${web}/backups`, {});
  return (await app.jobEnds(body.job)).recoveryPoint as string;
};

beforeAll(async () => {
  app = await startRunningApp([{ name: 'web', os: 'Linux', policy: 'daily', dataDisk: true }]);
  azure = emulatedAzure(app.azure.url, app.azure.subscriptionId, GROUP);
  web = (await app.call('GET', 'vms')).body.vms[0].key;
  bytesOfPoint = await azure.attachedBytes('web');
  point = await backUp();
  // From here on the VM's own disks hold something else.
  await app.azure.write('web', 7);
  expect(await azure.attachedBytes('web')).not.toEqual(bytesOfPoint);
});
afterAll(() => app.stop());
afterEach(() => app.calm(azure));

describe('to a new VM', () => {
  it('makes it of the recorded configuration, with the bytes of the point on every disk', async () => {
    const nic = await azure.makeInterface('free');
    const job = await restore({ target: 'vm', name: 'web-2', network: { interface: nic } });
    expect(job).toMatchObject({
      kind: 'restore',
      target: 'vm',
      state: 'Succeeded',
      warnings: [],
      restoredVm: { name: 'web-2', resourceGroup: GROUP },
    });
    expect(await azure.attachedBytes('web-2')).toEqual(bytesOfPoint);
    const [old, made] = [await azure.vm('web'), await azure.vm('web-2')];
    expect(made.id).toBe(job.restoredVm.resourceId);
    expect(made.location).toBe(old.location);
    expect(made.properties.hardwareProfile).toEqual(old.properties.hardwareProfile);
    expect(made.properties.networkProfile.networkInterfaces).toMatchObject([{ id: nic }]);
    const places = (vm: typeof old) =>
      vm.properties.storageProfile.dataDisks.map(({ lun, caching }: Record<string, unknown>) => ({
        lun,
        caching,
      }));
    expect(places(made)).toEqual(places(old));
    expect(made.properties.storageProfile.osDisk).toMatchObject({ createOption: 'Attach', osType: 'Linux' });
    expect(made.properties.osProfile).toBeUndefined();
    expect(made.tags).not.toHaveProperty('backup-policy');
    expect(await azure.powerOf('web-2')).toBe('running');
    expect(await azure.attachedBytes('web')).not.toEqual(bytesOfPoint);
  });

  it('makes a network interface in a subnet, and keeps the backup tag, where asked', async () => {
    const job = await restore({
      target: 'vm',
      name: 'web-3',
      network: { subnet: azure.subnetId },
      keepBackupTag: true,
    });
    expect(job).toMatchObject({ state: 'Succeeded' });
    const made = await azure.vm('web-3');
    expect(made.tags).toHaveProperty('backup-policy', 'daily');
    expect(made.properties.networkProfile.networkInterfaces).toHaveLength(1);
    expect(await azure.attachedBytes('web-3')).toEqual(bytesOfPoint);
  });

  it.each([
    ['a name that is taken', 'RestoreVmConflict', async () => ({ name: 'web' })],
    [
      'a network interface that is not there',
      'NetworkInterfaceNotFound',
      async () => ({ network: { interface: azure.interfaceId('nobody') } }),
    ],
    [
      'a network interface of another subscription',
      'NetworkInterfaceNotFound',
      async () => ({ network: { interface: azure.interfaceId('x').replace(/0001/, '0002') } }),
    ],
    [
      'a network interface in use',
      'NetworkInterfaceInUse',
      async () => ({ network: { interface: azure.interfaceId('web-nic') } }),
    ],
  ])('refuses %s before anything is restored', async (_what, code, change) => {
    const before = await azure.disks();
    const body = { target: 'vm', name: 'web-9', network: { subnet: azure.subnetId }, ...(await change()) };
    const job = await restore(body);
    expect(job).toMatchObject({ state: 'Failed', error: { code, step: 'restore VM' } });
    expect(job.error.remedy).toBeTruthy();
    expect(await azure.disks()).toEqual(before);
  });

  it.each([
    ['Azure refuses the VM', REFUSE, 'RestoreVmRefused'],
    [
      'Azure has no room for it',
      { kind: 'fail-operation', code: 'AllocationFailed', message: 'No room.' },
      'RestoreVmNoCapacity',
    ],
  ])('leaves nothing half-made when %s', async (_what, effect, code) => {
    const before = [await azure.disks(), await azure.interfaces()];
    await azure.fault('virtualMachines.createOrUpdate', effect);
    const job = await restore({ target: 'vm', name: 'web-4', network: { subnet: azure.subnetId } });
    expect(job).toMatchObject({ state: 'Failed', error: { code }, warnings: [] });
    expect(job.restoredVm).toBeUndefined();
    expect([await azure.disks(), await azure.interfaces()]).toEqual(before);
    await expect(azure.vm('web-4')).rejects.toMatchObject({ status: 404 });
  });

  it('cancelled while Azure makes the VM, leaves nothing either', async () => {
    const before = [await azure.disks(), await azure.interfaces()];
    await azure.fault('virtualMachines.createOrUpdate', HELD);
    const job = await start({ target: 'vm', name: 'web-5', network: { subnet: azure.subnetId } });
    await app.jobShows(job, ({ phase }) => phase === 'create-vm');
    await app.call('POST', `jobs/${job}/cancel`);
    expect(await app.jobEnds(job)).toMatchObject({ state: 'Cancelled', warnings: [] });
    expect([await azure.disks(), await azure.interfaces()]).toEqual(before);
    await expect(azure.vm('web-5')).rejects.toMatchObject({ status: 404 });
  });
});

describe('in place', () => {
  const replaced = async (body: object = {}) => restore({ target: 'replace', ...body });

  it('refuses a VM that runs, before anything is restored', async () => {
    const before = await azure.disks();
    expect(await replaced()).toMatchObject({ state: 'Failed', error: { code: 'RestoreVmRunning' } });
    expect(await azure.disks()).toEqual(before);
    expect(await azure.powerOf('web')).toBe('running');
  });

  it.each([
    ['the OS disk is not taken', 'virtualMachines.update', 1],
    ['the data disk does not come off', 'virtualMachines.attachDetachDataDisks', 1],
  ])('puts everything back when %s', async (_what, operation) => {
    const [disks, bytes, { properties }] = [
      await azure.disks(),
      await azure.attachedBytes('web'),
      await azure.vm('web'),
    ];
    await azure.fault(operation, REFUSE);
    const job = await replaced({ deallocate: true });
    expect(job).toMatchObject({ state: 'Failed', error: { code: 'RestoreVmRefused' }, warnings: [] });
    expect(await azure.disks()).toEqual(disks);
    expect(await azure.attachedBytes('web')).toEqual(bytes);
    expect((await azure.vm('web')).properties.storageProfile).toEqual(properties.storageProfile);
    expect(await azure.powerOf('web')).toBe('running');
  });

  it('puts everything back when it is cancelled between two swaps', async () => {
    const [disks, bytes] = [await azure.disks(), await azure.attachedBytes('web')];
    await azure.fault('virtualMachines.createOrUpdate', HELD);
    const job = await start({ target: 'replace', deallocate: true });
    await app.until(async () => (await azure.vm('web')).properties.provisioningState === 'Updating');
    expect(await azure.attachedBytes('web')).not.toEqual(bytes);
    await app.call('POST', `jobs/${job}/cancel`);
    await azure.release('virtualMachines.createOrUpdate');
    expect(await app.jobEnds(job)).toMatchObject({ state: 'Cancelled', warnings: [] });
    expect(await azure.attachedBytes('web')).toEqual(bytes);
    expect(await azure.disks()).toEqual(disks);
    expect(await azure.powerOf('web')).toBe('running');
  });

  it('deallocates a VM that runs where asked, swaps every disk, starts it again, and keeps what it replaced', async () => {
    const [before, old] = [await azure.attachedBytes('web'), await azure.vm('web')];
    const job = await replaced({ deallocate: true });
    expect(job).toMatchObject({ state: 'Succeeded', target: 'replace', warnings: [] });
    expect(await azure.attachedBytes('web')).toEqual(bytesOfPoint);
    expect(await azure.powerOf('web')).toBe('running');
    expect((await azure.vm('web')).properties.vmId).toBe(old.properties.vmId);
    expect(job.replacedDisks.map(({ diskId }: { diskId: string }) => diskId)).toEqual(['os', 'lun-0']);
    const kept = job.replacedDisks.map(({ name }: { name: string }) => azure.sha256(name));
    expect(await Promise.all(kept)).toEqual([before[-1], before[0]]);
  });

  it('the next backup reads the new disks in full and compares them, and its point can be restored in place as well', async () => {
    await replaced({ deallocate: true });
    const next = await backUp();
    const { body } = await app.call('GET', `recovery-points/${next}`);
    expect(body.disks.map(({ mode }: { mode: string }) => mode)).toEqual(['checksum', 'checksum']);
    await app.azure.write('web', 8);
    await azure.setPower('web', 'deallocate');
    expect(await restore({ target: 'replace' }, next)).toMatchObject({ state: 'Succeeded', warnings: [] });
    expect(await azure.attachedBytes('web')).toEqual(bytesOfPoint);
    expect(await azure.powerOf('web')).toBe('deallocated');
  });

  it('keeps backups away from the VM meanwhile, and waits for none', async () => {
    await azure.fault('disks.createOrUpdate', HELD);
    const job = await start({ target: 'replace', deallocate: true });
    await app.jobShows(job, ({ phase }) => phase === 'restore');
    const refused = await app.call('POST', `vms/${web}/backups`, {});
    expect(refused).toMatchObject({ status: 409, body: { code: 'BackupAlreadyRunning', job } });
    const second = await restore({ target: 'replace' });
    expect(second).toMatchObject({ state: 'Failed', error: { code: 'BackupAlreadyRunning' } });
    await app.call('POST', `jobs/${job}/cancel`);
    expect(await app.jobEnds(job)).toMatchObject({ state: 'Cancelled', warnings: [] });
    expect(await backUp()).toBeTruthy();
  });

  it('says that the VM is gone', async () => {
    await azure.deleteVm('web');
    expect(await replaced()).toMatchObject({ state: 'Failed', error: { code: 'RestoreVmGone' } });
  });
});
