import { startCloud, type TestCloud } from './support/emulator';
import { createCollection, GROUP, vmOf } from './support/steps';

interface Vm {
  name: string;
  extensions: { type: string }[];
  facts: Record<string, unknown>;
}

const CHANGED = { vcRedist2013x64: '12.0.40660', vssStartMode: 'Auto', iaasVmProvider: 'Auto' };
const NEW = { vcRedist2013x64: null, vssStartMode: 'Manual', iaasVmProvider: null };

describe('a restore point', () => {
  let cloud: TestCloud;
  afterEach(() => cloud.close());

  async function start(vm: Record<string, unknown>): Promise<void> {
    cloud = await startCloud({ vms: [vm] });
    await createCollection(cloud);
  }
  const create = (name = 'point', options = {}) =>
    cloud.client.restorePoints.create(GROUP, 'vm-1', name, options);
  const inside = async (): Promise<Vm | undefined> =>
    (await cloud.admin<{ vms: Vm[] }>('GET', '/state')).vms.find(({ name }) => name === 'vm-1');

  const scripts = (more: object = {}) => ({ scripts: more });
  it.each([
    ['of a running Windows VM is application-consistent', vmOf('Windows'), 'ApplicationConsistent'],
    [
      'is file-system-consistent when some VSS writers fail',
      vmOf('Windows', { guest: { vss: 'some-writers-failed' } }),
      'FileSystemConsistent',
    ],
    ['of a running Linux VM is file-system-consistent', vmOf('Linux'), 'FileSystemConsistent'],
    [
      'of a Linux VM with pre/post scripts is application-consistent',
      vmOf('Linux', { guest: scripts() }),
      'ApplicationConsistent',
    ],
    [
      'is file-system-consistent when a pre script fails',
      vmOf('Linux', { guest: scripts({ pre: { exitCodes: [1] } }) }),
      'FileSystemConsistent',
    ],
    [
      'is file-system-consistent when a post script fails',
      vmOf('Linux', { guest: scripts({ post: { exitCodes: [2] } }) }),
      'FileSystemConsistent',
    ],
    [
      'is application-consistent when a pre script succeeds on its second try',
      vmOf('Linux', {
        guest: scripts({ pre: { exitCodes: [1, 0] }, configuration: { preScriptNoOfRetries: 1 } }),
      }),
      'ApplicationConsistent',
    ],
    [
      'is file-system-consistent when a script is open to others',
      vmOf('Linux', { guest: scripts({ pre: { mode: '755' } }) }),
      'FileSystemConsistent',
    ],
    [
      'is file-system-consistent when a script is not owned by root',
      vmOf('Linux', { guest: scripts({ post: { owner: 'app' } }) }),
      'FileSystemConsistent',
    ],
    [
      'is file-system-consistent when a script takes too long',
      vmOf('Linux', { guest: scripts({ pre: { seconds: 31 } }) }),
      'FileSystemConsistent',
    ],
    [
      'is file-system-consistent when a script is missing',
      vmOf('Linux', { guest: scripts({ pre: { exists: false } }) }),
      'FileSystemConsistent',
    ],
    [
      'is file-system-consistent when the script configuration is executable',
      vmOf('Linux', { guest: scripts({ configuration: { mode: '700' } }) }),
      'FileSystemConsistent',
    ],
    [
      'is file-system-consistent when the script configuration does not parse',
      vmOf('Linux', { guest: scripts({ configuration: { parsable: false }, pre: { exitCodes: [1] } }) }),
      'FileSystemConsistent',
    ],
    ['of a stopped VM is crash-consistent', vmOf('Windows', { powerState: 'stopped' }), 'CrashConsistent'],
    [
      'of a deallocated VM is crash-consistent',
      vmOf('Linux', { powerState: 'deallocated' }),
      'CrashConsistent',
    ],
  ])('%s', async (_what, vm, expected) => {
    await start(vm);
    expect((await create()).consistencyMode).toBe(expected);
    expect((await cloud.client.restorePoints.get(GROUP, 'vm-1', 'point')).provisioningState).toBe(
      'Succeeded',
    );
  });

  it.each([
    [
      'the agent is not ready',
      vmOf('Windows', { guest: { agent: 'not-ready' } }),
      'VMAgentStatusCommunicationError',
    ],
    [
      'there is no agent',
      vmOf('Linux', { guest: { agent: 'not-installed' } }),
      'VMAgentStatusCommunicationError',
    ],
    [
      'the network is blocked',
      vmOf('Windows', { guest: { network: 'blocked' } }),
      'VMRestorePointClientError.*network',
    ],
    [
      'VSS writers are in a bad state',
      vmOf('Windows', { guest: { vss: 'failed' } }),
      'VMRestorePointClientError.*VSS Writers in bad state',
    ],
    [
      'COM+ fails',
      vmOf('Windows', { guest: { comPlus: 'failed' } }),
      'VMRestorePointClientError.*COM\\+ error',
    ],
    [
      'COM+ has no memory',
      vmOf('Windows', { guest: { comPlus: 'out-of-memory' } }),
      'VMRestorePointClientError.*COM\\+ memory',
    ],
    [
      'MSDTC does not work',
      vmOf('Windows', { guest: { msdtc: 'failed' } }),
      'VMRestorePointClientError.*MSDTC',
    ],
    [
      'Visual C++ cannot be installed',
      vmOf('Windows', { guest: { vcRedistInstall: 'failed' } }),
      'VMRestorePointClientError.*Visual C\\+\\+',
    ],
    [
      'the VM has no resources left',
      vmOf('Linux', { guest: { resources: 'exhausted' } }),
      'VMRestorePointClientError.*resources',
    ],
    [
      'the guest clock is wrong',
      vmOf('Linux', { guest: { clockSkewSeconds: 86_400 } }),
      'VMRestorePointClientError.*clock',
    ],
    [
      'freezing file systems fails',
      vmOf('Linux', { guest: { fsFreeze: 'failed' } }),
      'VMRestorePointClientError.*fsfreeze',
    ],
    [
      'freezing file systems takes too long',
      vmOf('Linux', { guest: { fsFreeze: 'timeout' } }),
      'VMRestorePointClientError.*timed out',
    ],
    [
      'a script fails and the backup may not go on',
      vmOf('Linux', {
        guest: scripts({ pre: { exitCodes: [3] }, configuration: { continueBackupOnFailure: false } }),
      }),
      'VMRestorePointClientError.*exit code 3',
    ],
    [
      'a script fails without a freeze to fall back to',
      vmOf('Linux', {
        guest: scripts({ pre: { exitCodes: [3] }, configuration: { fsFreezeEnabled: false } }),
      }),
      'VMRestorePointClientError.*exit code 3',
    ],
  ])('fails when %s, and a crash-consistent one asks nothing of the guest', async (_what, vm, expected) => {
    await start(vm);
    await expect(create()).rejects.toThrow(new RegExp(expected));
    expect((await cloud.client.restorePoints.get(GROUP, 'vm-1', 'point')).provisioningState).toBe('Failed');
    const crash = await create('crash', { consistencyMode: 'CrashConsistent' });
    expect(crash.consistencyMode).toBe('CrashConsistent');
  });

  it('that failed can be asked for again under the same name', async () => {
    await start(vmOf('Linux', { guest: { fsFreeze: 'failed' } }));
    await expect(create()).rejects.toThrow('fsfreeze');
    await cloud.admin('PATCH', '/vms/vm-1/guest', { fsFreeze: 'ok' });
    expect((await create()).consistencyMode).toBe('FileSystemConsistent');
  });

  it('brings the backup extension along and changes three things on Windows, the first time', async () => {
    await start(vmOf('Windows'));
    expect(await inside()).toMatchObject({ extensions: [], facts: NEW });
    await create();
    expect(await inside()).toMatchObject({ extensions: [{ type: 'VMSnapshot' }], facts: CHANGED });
    const view = await cloud.client.virtualMachines.instanceView(GROUP, 'vm-1');
    expect(view.vmAgent?.extensionHandlers?.[0]?.type).toBe('Microsoft.Azure.RecoveryServices.VMSnapshot');
  });

  it('of a stopped VM changes nothing in it', async () => {
    await start(vmOf('Windows', { powerState: 'deallocated' }));
    await create();
    expect(await inside()).toMatchObject({ extensions: [], facts: NEW });
  });

  it('stays file-system-consistent three more times after VSS writers failed', async () => {
    await start(vmOf('Windows', { guest: { vss: 'some-writers-failed' } }));
    const modes = [(await create('0')).consistencyMode];
    await cloud.admin('PATCH', '/vms/vm-1/guest', { vss: 'ok' });
    for (const name of ['1', '2', '3', '4']) modes.push((await create(name)).consistencyMode);
    expect(modes).toEqual([...Array(4).fill('FileSystemConsistent'), 'ApplicationConsistent']);
  });

  it('cannot be asked for in any other mode than crash-consistent', async () => {
    await start(vmOf('Linux'));
    const options = { consistencyMode: 'ApplicationConsistent' };
    await expect(create('point', options)).rejects.toMatchObject({
      statusCode: 400,
      code: 'InvalidParameter',
    });
  });

  it('asked for again is the same point; asked for with another model it is refused', async () => {
    await start(vmOf('Linux'));
    const first = await create();
    expect((await create()).timeCreated).toEqual(first.timeCreated);
    await expect(create('point', { consistencyMode: 'CrashConsistent' })).rejects.toMatchObject({
      statusCode: 409,
      code: 'OperationNotAllowed',
    });
  });

  it('leaves out the disks it is told to, and refuses disks that it cannot hold until they are', async () => {
    const disks = [
      { lun: -1, sizeBytes: 1024 },
      { lun: 0, sizeBytes: 1024, maxShares: 2 },
    ];
    await start(vmOf('Linux', { disks }));
    await expect(create()).rejects.toMatchObject({
      code: 'VMRestorePointClientError',
      message: expect.stringContaining('shared disk'),
    });
    const { id } = await cloud.client.disks.get(GROUP, 'vm-1-data-0');
    const point = await create('point', { excludeDisks: [{ id }] });
    expect(point.sourceMetadata?.storageProfile?.dataDisks?.[0]?.diskRestorePoint).toBeUndefined();
    expect(point.excludeDisks).toHaveLength(1);
  });

  it.each([
    ['an ephemeral OS disk', { disks: [{ lun: -1, sizeBytes: 1024, ephemeral: true }] }, {}, 'ephemeral'],
    [
      'an Ultra disk, crash-consistent',
      {
        disks: [
          { lun: -1, sizeBytes: 1024 },
          { lun: 0, sizeBytes: 1024, sku: 'UltraSSD_LRS' },
        ],
      },
      { consistencyMode: 'CrashConsistent' },
      'UltraSSD_LRS',
    ],
    [
      'a write-accelerated disk, crash-consistent',
      { disks: [{ lun: -1, sizeBytes: 1024, writeAcceleratorEnabled: true }] },
      { consistencyMode: 'CrashConsistent' },
      'write accelerator',
    ],
  ])('cannot be made of %s', async (_what, more, options, message) => {
    await start(vmOf('Linux', more));
    await expect(create('point', options)).rejects.toMatchObject({
      statusCode: 409,
      message: expect.stringContaining(message),
    });
  });

  it('is refused above the number a VM may have', async () => {
    await start(vmOf('Linux'));
    await cloud.admin('PATCH', '/settings', { restorePointsPerVm: 2 });
    await create('1');
    await create('2');
    await expect(create('3')).rejects.toMatchObject({ code: 'VMRestorePointClientError', statusCode: 409 });
  });
});
