import { vmResourceId } from '../../../src/compute/arm/resource-id';
import { captureConfiguration } from '../../../src/compute/vms/configuration';
import { discoverVms } from '../../../src/compute/vms/discover';
import { inspectVm } from '../../../src/compute/vms/inspect';
import { CATALOGUE } from '../../../src/failures/catalogue';
import { type Azure, failureOf, MIB, startAzure } from '../support/azure';
import { type StubArm, SUBSCRIPTION, startStubArm, stubVm } from '../support/stub-arm';

const disk = (lun: number, more: object = {}) => ({ lun, sizeBytes: MIB, ...more });

describe('disks that cannot be backed up', () => {
  let azure: Azure;
  const kinds = [
    ['DiskIsShared', { maxShares: 2 }],
    ['DiskHas4KSectors', { sku: 'UltraSSD_LRS', logicalSectorSize: 4096 }],
    ['DiskIsEncryptedInGuest', { azureDiskEncryption: true }],
    ['DiskAccessDenied', { networkAccessPolicy: 'DenyAll' }],
    ['DiskAccessDenied', { publicNetworkAccess: 'Disabled' }],
    ['DiskNeedsEntraLogin', { dataAccessAuthMode: 'AzureActiveDirectory' }],
  ] as const;
  beforeAll(async () => {
    const odd = kinds.map(([, more], lun) => disk(lun, more));
    const fine = [
      disk(10),
      disk(11, { networkAccessPolicy: 'AllowPrivate', publicNetworkAccess: 'Disabled' }),
    ];
    azure = await startAzure([
      { name: 'odd', os: 'Linux', disks: [disk(-1, { ephemeral: true }), ...odd, ...fine] },
      { name: 'ultra', os: 'Linux', disks: [disk(-1), disk(0, { sku: 'UltraSSD_LRS' })] },
      { name: 'fast', os: 'Linux', disks: [disk(-1), disk(0, { writeAcceleratorEnabled: true })] },
    ]);
  });
  afterAll(() => azure.close());

  it('are recognised before anything is snapshotted, each with its code and remedy', async () => {
    const { disks } = await inspectVm(azure.compute, azure.ref('odd'));
    expect(disks.map((one) => one.obstacle?.code)).toEqual([
      'DiskIsEphemeral',
      ...kinds.map(([code]) => code),
      undefined,
      undefined,
    ]);
    for (const { obstacle } of disks)
      if (obstacle) expect(obstacle.remedy).toBe(CATALOGUE[obstacle.code].remedy);
    expect((await azure.state()).restorePoints).toEqual([]);
  });

  it.each(['ultra', 'fast'])('of %s VMs rule nothing out: Azure is asked', async (name) => {
    const { disks } = await inspectVm(azure.compute, azure.ref(name));
    expect(disks.every(({ obstacle }) => obstacle === undefined)).toBe(true);
  });

  it('a VM that is gone is told by name', async () => {
    expect(await failureOf(inspectVm(azure.compute, azure.ref('gone')))).toMatchObject({
      step: 'inspect',
      code: 'VmNotFound',
    });
  });

  it('are asked about once, as is their VM: what is kept is what was looked at', async () => {
    const callsOf = async (operation: string) => (await azure.calls())[operation]?.calls ?? 0;
    const read = [
      'virtualMachines.get',
      'virtualMachines.instanceView',
      'disks.get',
      'networkInterfaces.get',
    ];
    const before = await Promise.all(read.map(callsOf));
    const { answers, ...inspection } = await inspectVm(azure.compute, azure.ref('ultra'));
    await captureConfiguration(azure.compute, { answers });
    const after = await Promise.all(read.map(callsOf));
    expect(after.map((calls, at) => calls - before[at]!)).toEqual([1, 1, inspection.disks.length, 1]);
  });

  it('the configuration holds what a restore needs, as Azure wrote it', async () => {
    const captured = await captureConfiguration(
      azure.compute,
      await inspectVm(azure.compute, azure.ref('ultra')),
    );
    expect(captured.virtualMachine).toMatchObject({
      name: 'ultra',
      properties: { vmId: expect.any(String), hardwareProfile: { vmSize: expect.any(String) } },
    });
    expect(captured.disks.map(({ sku }) => (sku as { name: string }).name)).toEqual([
      'Premium_LRS',
      'UltraSSD_LRS',
    ]);
    expect(captured.networkInterfaces).toEqual([expect.objectContaining({ properties: expect.any(Object) })]);
    expect(JSON.parse(JSON.stringify(captured))).toEqual(captured);
  });
});

describe('the state of a VM, in every form that Azure writes it', () => {
  let arm: StubArm;
  beforeAll(async () => {
    arm = await startStubArm();
  });
  afterAll(() => arm.close());

  const ready = {
    code: 'ProvisioningState/succeeded',
    displayStatus: 'Ready',
    message: 'Guest Agent is running',
  };
  const powered = (state: string) => [
    { code: 'ProvisioningState/succeeded' },
    { code: `PowerState/${state}` },
  ];
  const vm = (more: object = {}) => ({
    id: vmResourceId(stubVm).replace('resourceGroups/rg', 'resourceGroups/RG'),
    name: 'vm',
    location: 'westeurope',
    properties: {
      vmId: 'b1',
      provisioningState: 'Succeeded',
      storageProfile: { osDisk: { osType: 'Windows' } },
      ...more,
    },
  });
  const inspect = async (instanceView: object) => {
    arm.answer = (_method, path) => ({ body: path.endsWith('/instanceview') ? instanceView : vm() });
    return inspectVm(arm.compute, stubVm);
  };

  it.each([
    ['running', 'running', true, undefined],
    ['stopped', 'stopped', false, undefined],
    ['deallocated', 'deallocated', false, undefined],
    ['starting', 'starting', true, 'UserErrorVmNotInDesirableState'],
    ['stopping', 'stopping', true, 'UserErrorVmNotInDesirableState'],
    ['deallocating', 'deallocating', true, 'UserErrorVmNotInDesirableState'],
    ['unknown', 'unknown', true, undefined],
    ['hibernated-by-a-later-version', 'unknown', true, undefined],
  ])('power state %s', async (state, powerState, running, code) => {
    const inspection = await inspect({ statuses: powered(state) });
    expect(inspection).toMatchObject({ powerState, running });
    expect(inspection.obstacle?.code).toBe(code);
  });

  it('a missing power state is no error, and no claim that nothing runs', async () => {
    expect(await inspect({})).toMatchObject({ powerState: 'unknown', running: true });
  });

  it.each([
    ['succeeded', undefined],
    ['updating', 'UserErrorVmNotInDesirableState'],
    ['failed', 'UserErrorVmProvisioningStateFailed'],
    ['failed/AllocationFailed', 'UserErrorVmProvisioningStateFailed'],
  ])('provisioning state %s', async (state, code) => {
    const statuses = [{ code: `ProvisioningState/${state}` }, { code: 'PowerState/running' }];
    const { obstacle } = await inspect({ statuses });
    expect(obstacle?.code).toBe(code);
  });

  it.each([
    ['ready', { vmAgentVersion: '2.7.1', statuses: [ready] }, { ready: true, version: '2.7.1' }],
    [
      'unresponsive',
      {
        vmAgentVersion: 'Unknown',
        statuses: [
          {
            code: 'ProvisioningState/Unavailable',
            displayStatus: 'Not Ready',
            message: 'VM Agent is unresponsive.',
          },
        ],
      },
      { ready: false, version: undefined, message: 'VM Agent is unresponsive.' },
    ],
    [
      'not populated yet',
      {
        vmAgentVersion: 'Unknown',
        statuses: [
          {
            code: 'ProvisioningState/Unavailable',
            displayStatus: 'Not Ready',
            message: 'VM status blob is found but not yet populated.',
          },
        ],
      },
      { ready: false },
    ],
    ['absent', undefined, { ready: false }],
  ])('an agent that is %s', async (_, vmAgent, expected) => {
    expect((await inspect({ statuses: powered('running'), vmAgent })).agent).toMatchObject(expected);
  });

  it.each([
    [
      'among the extensions',
      {
        extensions: [
          {
            name: 'VMSnapshot',
            type: 'Microsoft.Azure.RecoveryServices.VMSnapshot',
            typeHandlerVersion: '1.0.95',
            statuses: [{ code: 'ProvisioningState/succeeded' }],
          },
        ],
      },
    ],
    [
      'only among the agent’s handlers',
      {
        vmAgent: {
          statuses: [ready],
          extensionHandlers: [
            {
              type: 'Microsoft.Azure.RecoveryServices.VMSnapshot',
              typeHandlerVersion: '1.0.95',
              status: { code: 'ProvisioningState/succeeded', displayStatus: 'Ready' },
            },
          ],
        },
      },
    ],
  ])('a backup extension that shows %s', async (_, view) => {
    const { backupExtension } = await inspect({ statuses: powered('running'), ...view });
    expect(backupExtension).toMatchObject({ type: 'VMSnapshot', version: '1.0.95', ready: true });
  });

  it('the configuration leaves out what extensions were told', async () => {
    const resources = [
      {
        name: 'Custom',
        properties: {
          publisher: 'P',
          type: 'T',
          settings: { script: 'SECRET' },
          protectedSettings: { key: 'SECRET' },
        },
      },
    ];
    arm.answer = () => ({ body: { ...vm(), resources } });
    const captured = await captureConfiguration(arm.compute, await inspectVm(arm.compute, stubVm));
    expect(captured.virtualMachine.resources).toEqual([
      { name: 'Custom', properties: { publisher: 'P', type: 'T' } },
    ]);
    expect(JSON.stringify(captured)).not.toMatch(/SECRET/);
  });

  it('a disk that is a page blob is told, and is as any other once it was converted', async () => {
    const disk = { uniqueId: 'u', diskSizeBytes: MIB };
    const seen = async (osDisk: object) => {
      const storageProfile = { osDisk: { osType: 'Linux', name: 'old', ...osDisk } };
      arm.answer = (_method, path) =>
        path.includes('/disks/') ? { body: { properties: disk } } : { body: vm({ storageProfile }) };
      return (await inspectVm(arm.compute, stubVm)).disks.map(({ obstacle }) => obstacle?.code);
    };
    expect(await seen({ vhd: { uri: 'https://old.example/vhds/os.vhd' } })).toEqual(['DiskIsUnmanaged']);
    const id = vmResourceId(stubVm).replace('virtualMachines/vm', 'disks/old');
    expect(await seen({ managedDisk: { id } })).toEqual([undefined]);
  });

  it('discovery follows every page, whatever case Azure writes ids in, and asks twice per subscription', async () => {
    const ids = Array.from({ length: 7 }, (_, at) => vmResourceId({ ...stubVm, name: `vm-${at}` }));
    arm.seen.length = 0;
    arm.answer = (_method, path, query) => {
      const status = query.get('statusOnly') !== null;
      const page = Number(query.get('page') ?? 0);
      const value = ids.slice(page * 3, page * 3 + 3).map((id, at) => ({
        id: status ? id.toUpperCase() : id,
        name: id.split('/').at(-1),
        location: 'westeurope',
        properties: {
          ...(status ? { instanceView: { statuses: powered('running') } } : { vmId: `vm-id-${page}-${at}` }),
        },
      }));
      const more = (page + 1) * 3 < ids.length;
      const nextLink = `${arm.url}${path}?api-version=1&page=${page + 1}${status ? '&statusOnly=true' : ''}`;
      return { body: { value, ...(more && { nextLink }) } };
    };
    const { vms: found } = await discoverVms(arm.compute);
    expect(found.map(({ ref, powerState }) => [ref.name, powerState])).toEqual(
      ids.map((_, at) => [`vm-${at}`, 'running']),
    );
    expect(new Set(found.map(({ key }) => key)).size).toBe(7);
    expect(arm.seen).toHaveLength(6);
    expect(found[0]?.ref.subscriptionId).toBe(SUBSCRIPTION);
  });

  it('a subscription with one page that fails is not read at all: a VM must not be taken for gone', async () => {
    arm.answer = (_method, path, query) =>
      query.get('page')
        ? { status: 500, body: { error: { code: 'InternalServerError', message: 'x' } } }
        : { body: { value: [listed('vm')], nextLink: `${arm.url}${path}?api-version=1&page=1` } };
    const { vms, unread } = await discoverVms(arm.compute);
    expect(vms).toEqual([]);
    expect(unread.get(SUBSCRIPTION)?.failure).toMatchObject({ step: 'discover', code: 'ComputeUnavailable' });
  });

  it('a subscription that refuses keeps nobody from reading the others', async () => {
    const REVOKED = '99999999-2222-3333-4444-55555555555A';
    const { client, settings } = arm.compute;
    const both = { ...settings, subscriptions: [REVOKED, SUBSCRIPTION] };
    arm.answer = (_method, path) =>
      path.includes(REVOKED.toLowerCase())
        ? { status: 403, body: { error: { code: 'AuthorizationFailed', message: 'No.' } } }
        : { body: { value: [listed('vm')] } };
    const { vms, unread } = await discoverVms({ ...arm.compute, client, settings: both });
    expect(vms.map(({ ref }) => ref.name)).toEqual(['vm']);
    expect([...unread]).toEqual([
      [
        REVOKED.toLowerCase(),
        expect.objectContaining({
          failure: expect.objectContaining({
            code: 'ComputeAccessDenied',
            message: expect.stringContaining(REVOKED),
          }),
        }),
      ],
    ]);
  });
});

const listed = (name: string) => ({
  id: vmResourceId({ ...stubVm, name }),
  name,
  location: 'westeurope',
  properties: { vmId: `vm-id-${name}` },
});
