import { discardRestoredVm } from '../../../src/compute/restore/discard-vm';
import { createNetworkInterface } from '../../../src/compute/restore/network-interface';
import { createRestoreDisk } from '../../../src/compute/restore/restore-disk';
import { createRestoredVm } from '../../../src/compute/restore/restored-vm';
import { takeSnapshot } from '../../../src/compute/snapshots/take-snapshot';
import { findVm } from '../../../src/compute/vms/find-vm';
import { findNetworkInterface } from '../../../src/compute/vms/network-interfaces';
import { type Azure, complete, failureOf, MIB, RESOURCE_GROUP, startAzure } from '../support/azure';

const JOB = '20260301t020000z-restore-vm-00000000-abcdef';
let azure: Azure;
let osDisk: string;
let interfaceId: string;

beforeAll(async () => {
  azure = await startAzure([{ name: 'vm', os: 'Linux', disks: [{ lun: -1, sizeBytes: MIB }] }]);
  const { result: snapshot } = await complete(takeSnapshot, azure.compute, {
    ref: azure.ref('vm'),
    jobId: 'job-1',
    os: 'Linux',
    running: true,
    consistency: 'file-system',
    fallbackAllowed: true,
    diskCount: 1,
  });
  const { subscriptionId, resourceGroup } = azure.ref('vm');
  const { result: disk } = await complete(createRestoreDisk, azure.compute, {
    jobId: JOB,
    subscriptionId,
    resourceGroup,
    name: 'restored',
    location: 'westeurope',
    sizeBytes: MIB,
    sourceId: snapshot.disks[0]?.sourceId,
  });
  osDisk = disk.resourceId;
  interfaceId = `/subscriptions/${subscriptionId}/resourceGroups/${RESOURCE_GROUP}/providers/Microsoft.Network/networkInterfaces/made`;
});
afterAll(() => azure.close());
afterEach(() => azure.clearFaults());

const model = () => ({
  location: 'westeurope',
  tags: { team: 'blue' },
  properties: {
    hardwareProfile: { vmSize: 'Standard_D2s_v5' },
    storageProfile: { osDisk: { createOption: 'Attach', osType: 'Linux', managedDisk: { id: osDisk } } },
    networkProfile: { networkInterfaces: [{ id: interfaceId }] },
  },
});
const makeInterface = (jobId = JOB) =>
  complete(createNetworkInterface, azure.compute, {
    jobId,
    id: interfaceId,
    model: { location: 'westeurope', properties: { ipConfigurations: [] } },
  });
const makeVm = (name: string, jobId = JOB) =>
  complete(createRestoredVm, azure.compute, { jobId, ref: azure.ref(name), model: model() });
const discard = (name: string, jobId = JOB) =>
  complete(discardRestoredVm, azure.compute, {
    jobId,
    ref: azure.ref(name),
    networkInterfaceIds: [interfaceId],
  });
const countOf = async (operation: string) => (await azure.calls())[operation]?.calls ?? 0;

describe('the VM of a restore', () => {
  it('is made once, however often the step runs, and keeps its tags', async () => {
    await makeInterface();
    await makeInterface();
    const first = await makeVm('new');
    const again = await makeVm('new');
    expect(again.result).toEqual(first.result);
    expect(await countOf('virtualMachines.createOrUpdate')).toBe(1);
    expect(await countOf('networkInterfaces.createOrUpdate')).toBe(1);
    expect((await findVm(azure.compute, azure.ref('new')))?.tags).toMatchObject({ team: 'blue' });
  });

  it('is never taken for that of another restore, nor for that of anybody else', async () => {
    const other = '20260301t020000z-restore-vm-00000000-fedcba';
    expect(await failureOf(makeVm('new', other))).toMatchObject({ code: 'RestoreVmConflict' });
    expect(await failureOf(makeVm('vm'))).toMatchObject({ code: 'RestoreVmConflict' });
    expect(await failureOf(makeInterface(other))).toMatchObject({ code: 'RestoreVmConflict' });
    await discard('new', other);
    await complete(discardRestoredVm, azure.compute, { jobId: JOB, ref: azure.ref('vm') });
    expect(await findVm(azure.compute, azure.ref('new'))).toBeDefined();
    expect(await findVm(azure.compute, azure.ref('vm'))).toBeDefined();
  });

  it('that somebody made between the look and the request is left as it is; one whose answer was lost is found', async () => {
    const notThere = {
      operation: 'virtualMachines.get',
      effect: { kind: 'refuse', status: 404, code: 'ResourceNotFound', message: 'Not yet.' },
    };
    const foreign = async () => ({
      ...(await findVm(azure.compute, azure.ref('vm'))),
      instanceView: undefined,
    });
    const before = await foreign();
    await azure.fault(notThere);
    expect(await failureOf(makeVm('vm'))).toMatchObject({ code: 'RestoreVmConflict' });
    expect(await foreign()).toEqual(before);
    await azure.fault(notThere);
    const found = await makeVm('new');
    expect(found.result.resourceId).toBe((await findVm(azure.compute, azure.ref('new')))?.id);
  });

  it('goes with its network interface and without its disks, and going twice is fine', async () => {
    await discard('new');
    await discard('new');
    expect(await findVm(azure.compute, azure.ref('new'))).toBeUndefined();
    expect(await findNetworkInterface(azure.compute, interfaceId)).toBeUndefined();
    const disk = (await azure.state()).disks.find(({ name }) => name === 'restored');
    expect(disk).toMatchObject({ diskState: 'Unattached' });
  });

  it.each([
    ['QuotaExceeded', 'Exceeding approved cores quota.', 'RestoreCoreQuotaExceeded'],
    ['SkuNotAvailable', 'The size is not available in zone 1.', 'RestoreSizeNotAvailable'],
    ['ZonalAllocationFailed', 'Allocation failed.', 'RestoreVmNoCapacity'],
    ['NicInUse', 'It is used.', 'NetworkInterfaceInUse'],
    ['InvalidResourceReference', 'The subnet is not there.', 'NetworkInterfaceNotFound'],
    ['InvalidParameter', 'Premium disks are not supported by the size.', 'RestoreVmRefused'],
    ['AnotherOperationInProgress', 'Wait.', 'RestoreVmBusy'],
    ['AuthorizationFailed', 'No.', 'ComputeAccessDenied'],
  ])('%s of Azure is told as %s', async (code, message, is) => {
    await makeInterface();
    await azure.fault({
      operation: 'virtualMachines.createOrUpdate',
      effect: { kind: 'refuse', status: 409, code, message },
    });
    const failure = await failureOf(makeVm('refused'));
    expect(failure).toMatchObject({ code: is, step: 'restore VM' });
    expect(failure.message).toContain(message);
  });
});
