import { startCloud, type TestCloud } from './support/emulator';
import { createCollection, GROUP, vmOf } from './support/steps';

describe('virtual machines', () => {
  let cloud: TestCloud;

  beforeEach(async () => {
    cloud = await startCloud({ vms: [vmOf('Windows', { tags: { a: 'b' }, zones: ['1'] })] });
  });

  afterEach(() => cloud.close());

  const power = async () =>
    (await cloud.client.virtualMachines.instanceView(GROUP, 'vm-1')).statuses?.find(({ code }) =>
      code?.startsWith('PowerState'),
    )?.code;
  const extension = {
    location: 'westeurope',
    publisher: 'Microsoft.Azure.RecoveryServices',
    typePropertiesType: 'VMSnapshot',
    typeHandlerVersion: '1.9',
    autoUpgradeMinorVersion: true,
  };
  const install = () =>
    cloud.client.virtualMachineExtensions.createOrUpdate(GROUP, 'vm-1', 'VMSnapshot', extension);
  const run = (script: string[]) =>
    cloud.client.virtualMachines.runCommand(GROUP, 'vm-1', { commandId: 'RunPowerShellScript', script });

  it('are listed with their power state in one call', async () => {
    const states = [];
    for await (const vm of cloud.client.virtualMachines.listAll({ statusOnly: 'true' })) {
      states.push(vm.instanceView?.statuses?.map(({ code }) => code));
    }
    expect(states).toEqual([['ProvisioningState/succeeded', 'PowerState/running']]);
    const names = [];
    for await (const vm of cloud.client.virtualMachines.list(GROUP.toUpperCase())) names.push(vm.name);
    expect(names).toEqual(['vm-1']);
  });

  it('are listed page by page where asked, with links that clients follow', async () => {
    const more = [2, 3, 4, 5].map((number) => vmOf('Linux', { name: `vm-${number}` }));
    const other = await startCloud({ vms: [vmOf('Windows'), ...more] });
    await other.admin('PATCH', '/settings', { listPageSize: 2 });
    const names = [];
    for await (const vm of other.client.virtualMachines.listAll()) names.push(vm.name);
    expect(names).toEqual(['vm-1', 'vm-2', 'vm-3', 'vm-4', 'vm-5']);
    expect(await other.admin('GET', '/calls')).toMatchObject({ 'virtualMachines.listAll': { calls: 3 } });
    await other.close();
  });

  it('are not changed by a request to create that only takes what is not there', async () => {
    const change = { location: 'westeurope', tags: { a: 'c' } };
    const put = (ifNoneMatch?: string) =>
      cloud.client.virtualMachines.createOrUpdate(GROUP, 'vm-1', change, { ifNoneMatch });
    const tags = async () => (await cloud.client.virtualMachines.get(GROUP, 'vm-1')).tags;
    await expect(put('*')).rejects.toMatchObject({ statusCode: 412, code: 'PreconditionFailed' });
    expect(await tags()).toEqual({ a: 'b' });
    await put();
    expect(await tags()).toEqual({ a: 'c' });
  });

  it('start and stop', async () => {
    expect(await power()).toBe('PowerState/running');
    await cloud.client.virtualMachines.powerOff(GROUP, 'vm-1');
    expect(await power()).toBe('PowerState/stopped');
    await cloud.client.virtualMachines.deallocate(GROUP, 'vm-1');
    expect(await power()).toBe('PowerState/deallocated');
    expect((await cloud.client.virtualMachines.instanceView(GROUP, 'vm-1')).vmAgent).toBeUndefined();
    await cloud.client.virtualMachines.start(GROUP, 'vm-1');
    expect(await power()).toBe('PowerState/running');
  });

  it('say when their agent does not answer', async () => {
    await cloud.admin('PATCH', '/vms/vm-1/guest', { agent: 'not-ready' });
    const { instanceView } = await cloud.client.virtualMachines.get(GROUP, 'vm-1', {
      expand: 'instanceView',
    });
    expect(instanceView?.vmAgent?.statuses?.[0]).toMatchObject({
      code: 'ProvisioningState/Unavailable',
      displayStatus: 'Not Ready',
    });
    await expect(run(['# script-id: guest-facts'])).rejects.toThrow('VMAgentStatusCommunicationError');
    await expect(install()).rejects.toThrow('VMAgentStatusCommunicationError');
    expect(
      (await cloud.client.virtualMachineExtensions.get(GROUP, 'vm-1', 'VMSnapshot')).provisioningState,
    ).toBe('Failed');
  });

  it('take extensions only while they run', async () => {
    expect((await install()).provisioningState).toBe('Succeeded');
    const { instanceView } = await cloud.client.virtualMachineExtensions.get(GROUP, 'vm-1', 'vmsnapshot', {
      expand: 'instanceView',
    });
    expect(instanceView?.statuses?.[0]?.code).toBe('ProvisioningState/succeeded');
    await cloud.client.virtualMachines.deallocate(GROUP, 'vm-1');
    const refused = {
      statusCode: 409,
      code: 'OperationNotAllowed',
      message: expect.stringContaining('not running'),
    };
    await expect(install()).rejects.toMatchObject(refused);
    await expect(
      cloud.client.virtualMachineExtensions.delete(GROUP, 'vm-1', 'VMSnapshot'),
    ).rejects.toMatchObject(refused);
    await cloud.client.virtualMachines.start(GROUP, 'vm-1');
    await cloud.client.virtualMachineExtensions.delete(GROUP, 'vm-1', 'VMSnapshot');
    await expect(
      cloud.client.virtualMachineExtensions.get(GROUP, 'vm-1', 'VMSnapshot'),
    ).rejects.toMatchObject({ statusCode: 404 });
    const versions = await cloud.client.virtualMachineExtensionImages.listVersions(
      'westeurope',
      extension.publisher,
      'VMSnapshot',
    );
    expect(versions.length).toBeGreaterThan(0);
  });

  it('answer scripts they know while they run, and say so about others', async () => {
    const facts = await run(['# script-id: guest-facts']);
    expect(JSON.parse(facts.value?.[0]?.message ?? '')).toMatchObject({ vssStartMode: 'Manual' });
    const unknown = await run(['Remove-Item C:\\ -Recurse']);
    expect(unknown.value).toMatchObject([
      { code: 'ComponentStatus/StdOut/succeeded', message: '' },
      { code: 'ComponentStatus/StdErr/succeeded', message: expect.stringContaining('does not execute') },
    ]);
    await cloud.client.virtualMachines.powerOff(GROUP, 'vm-1');
    await expect(run(['# script-id: guest-facts'])).rejects.toMatchObject({
      statusCode: 409,
      message: 'The operation requires the VM to be running (or set to run).',
    });
  });

  it('let scripts change what others find out later', async () => {
    const script = ['# script-id: durable-vm-backup/vss-copy-only/1'];
    expect((await run(script)).value?.[0]?.message).toBe('{"useVssCopyBackup":"TRUE"}');
    const facts = await run(['# script-id: guest-facts']);
    expect(JSON.parse(facts.value?.[0]?.message ?? '')).toMatchObject({ useVssCopyBackup: 'TRUE' });
  });

  it('keep what a managed run command printed', async () => {
    const commands = cloud.client.virtualMachineRunCommands;
    const put = (script: string) =>
      commands.createOrUpdate(GROUP, 'vm-1', 'probe', { location: 'westeurope', source: { script } });
    const view = async () =>
      (await commands.getByVirtualMachine(GROUP, 'vm-1', 'probe', { expand: 'instanceView' })).instanceView;
    expect((await put('# script-id: durable-vm-backup/windows-state/1')).provisioningState).toBe('Succeeded');
    expect(await view()).toMatchObject({
      executionState: 'Succeeded',
      exitCode: 0,
      output: '{"vcRedist2013x64":null,"vssStartMode":"Manual","iaasVmProvider":null}',
    });
    await put('format C:');
    expect(await view()).toMatchObject({ executionState: 'Failed', exitCode: 1, output: '' });
    await commands.delete(GROUP, 'vm-1', 'probe');
    await expect(view()).rejects.toMatchObject({ statusCode: 404 });
    await cloud.client.virtualMachines.deallocate(GROUP, 'vm-1');
    await expect(put('# script-id: guest-facts')).rejects.toMatchObject({ statusCode: 409 });
  });

  it('know the scripts that the fleet file tells of', async () => {
    const scripts = { 'probe/1': { sets: { probed: true }, prints: ['probed', 'unheardOf'] } };
    const other = await startCloud({ vms: [vmOf('Linux')], scripts });
    const answer = await other.client.virtualMachines.runCommand(GROUP, 'vm-1', {
      commandId: 'RunShellScript',
      script: ['#!/bin/sh', '# script-id: probe/1'],
    });
    expect(answer.value?.[0]?.message).toBe(
      'Enable succeeded: \n[stdout]\n{"probed":true,"unheardOf":null}\n[stderr]\n\n',
    );
    await other.close();
  });

  it('are made from existing disks, with a network interface, and deleted without them', async () => {
    await createCollection(cloud);
    const point = await cloud.client.restorePoints.create(GROUP, 'vm-1', 'p', {});
    const sourceResourceId = point.sourceMetadata?.storageProfile?.osDisk?.diskRestorePoint?.id;
    const disk = await cloud.client.disks.createOrUpdate(GROUP, 'copy', {
      location: 'westeurope',
      creationData: { createOption: 'Restore', sourceResourceId },
    });
    expect(disk).toMatchObject({ osType: 'Windows', diskState: 'Unattached' });
    const nicPath = `/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/${GROUP}/providers/Microsoft.Network/networkInterfaces/nic`;
    const nic = (method: string) =>
      fetch(`${cloud.url}${nicPath}?api-version=2024-05-01`, {
        method,
        ...(method === 'PUT' && {
          body: JSON.stringify({ location: 'westeurope', properties: { ipConfigurations: [] } }),
        }),
      });
    expect((await nic('PUT')).status).toBe(201);
    const model = (managedDisk: { id?: string }) => ({
      location: 'westeurope',
      hardwareProfile: { vmSize: 'Standard_D2s_v5' },
      storageProfile: {
        osDisk: { createOption: 'Attach' as const, osType: 'Windows' as const, managedDisk },
      },
      networkProfile: { networkInterfaces: [{ id: nicPath }] },
    });
    const vm = await cloud.client.virtualMachines.createOrUpdate(GROUP, 'vm-2', model({ id: disk.id }));
    expect(vm).toMatchObject({
      provisioningState: 'Succeeded',
      storageProfile: { osDisk: { name: 'copy', osType: 'Windows' } },
    });
    expect((await cloud.client.disks.get(GROUP, 'copy')).managedBy).toBe(vm.id);
    await expect(
      cloud.client.virtualMachines.createOrUpdate(GROUP, 'vm-3', {
        ...model({ id: disk.id }),
        networkProfile: undefined,
      }),
    ).rejects.toMatchObject({ statusCode: 400, code: 'InvalidParameter' });
    await expect(
      cloud.client.virtualMachines.createOrUpdate(GROUP, 'vm-3', model({ id: disk.id })),
    ).rejects.toMatchObject({ statusCode: 409, code: 'ConflictingUserInput' });
    expect((await nic('DELETE')).status).toBe(400);
    await cloud.client.virtualMachines.delete(GROUP, 'vm-2');
    expect((await cloud.client.disks.get(GROUP, 'copy')).diskState).toBe('Unattached');
    expect((await nic('DELETE')).status).toBe(202);
  });

  it('swap their OS disk only while they are deallocated', async () => {
    const osDisk = async (createOption: 'Copy' | 'Restore', name: string, sourceResourceId?: string) =>
      (
        await cloud.client.disks.createOrUpdate(GROUP, name, {
          location: 'westeurope',
          zones: ['1'],
          creationData: { createOption, sourceResourceId },
        })
      ).id ?? '';
    await createCollection(cloud);
    const point = await cloud.client.restorePoints.create(GROUP, 'vm-1', 'p', {});
    const id = await osDisk(
      'Restore',
      'other',
      point.sourceMetadata?.storageProfile?.osDisk?.diskRestorePoint?.id,
    );
    const swap = () =>
      cloud.client.virtualMachines.update(GROUP, 'vm-1', {
        storageProfile: { osDisk: { createOption: 'Attach', managedDisk: { id } } },
      });
    await expect(swap()).rejects.toMatchObject({ statusCode: 409, code: 'OperationNotAllowed' });
    await cloud.client.virtualMachines.deallocate(GROUP, 'vm-1');
    expect((await swap()).storageProfile?.osDisk?.name).toBe('other');
    expect((await cloud.client.disks.get(GROUP, 'vm-1-os')).diskState).toBe('Unattached');
    expect((await cloud.client.disks.get(GROUP, 'other')).diskState).toBe('Reserved');
  });

  it('attach and detach data disks', async () => {
    const makeDisk = (name: string, zones?: string[]) =>
      cloud.client.disks.createOrUpdate(GROUP, name, {
        location: 'westeurope',
        zones,
        creationData: { createOption: 'Empty' },
        diskSizeGB: 1,
      });
    const disk = await makeDisk('data', ['1']);
    const change = (body: object) => cloud.client.virtualMachines.attachDetachDataDisks(GROUP, 'vm-1', body);
    const attached = await change({ dataDisksToAttach: [{ diskId: disk.id, lun: 3, caching: 'ReadOnly' }] });
    expect(attached.dataDisks).toMatchObject([{ lun: 3, name: 'data', caching: 'ReadOnly' }]);
    expect((await cloud.client.disks.get(GROUP, 'data')).diskState).toBe('Attached');
    const elsewhere = await makeDisk('elsewhere', ['2']);
    await expect(change({ dataDisksToAttach: [{ diskId: elsewhere.id, lun: 4 }] })).rejects.toMatchObject({
      statusCode: 400,
      message: expect.stringContaining('zones'),
    });
    const other = await makeDisk('other', ['1']);
    const dataDisks = [{ lun: 3, createOption: 'Attach', managedDisk: { id: other.id } }];
    await expect(
      cloud.client.virtualMachines.update(GROUP, 'vm-1', { storageProfile: { dataDisks } }),
    ).rejects.toMatchObject({ statusCode: 409, code: 'PropertyChangeNotAllowed' });
    expect((await change({ dataDisksToDetach: [{ diskId: disk.id }] })).dataDisks).toEqual([]);
    expect((await cloud.client.disks.get(GROUP, 'data')).diskState).toBe('Unattached');
    await expect(change({ dataDisksToAttach: [{ diskId: `${disk.id}x`, lun: 3 }] })).rejects.toMatchObject({
      statusCode: 404,
    });
  });

  it('leave room in the quotas of their region', async () => {
    const usages = [];
    for await (const usage of cloud.client.usage.list('westeurope')) usages.push(usage.name?.value);
    expect(usages).toContain('cores');
    const skus = [];
    for await (const sku of cloud.client.resourceSkus.list()) skus.push(sku.name);
    expect(skus).toContain('Premium_LRS');
  });
});
