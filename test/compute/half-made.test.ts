import { HALF_MADE_TAG } from '../../src/compute/arm/own-names';
import { type RestoreVerdict, sweep } from '../../src/compute/leftovers/find-leftovers';
import { completeRestored } from '../../src/compute/restore/complete-restored';
import { discardHalfMade } from '../../src/compute/restore/discard-half-made';
import { createNetworkInterface } from '../../src/compute/restore/network-interface';
import { createRestoreDisk } from '../../src/compute/restore/restore-disk';
import { createRestoredVm } from '../../src/compute/restore/restored-vm';
import { takeSnapshot } from '../../src/compute/snapshots/take-snapshot';
import { findVm } from '../../src/compute/vms/find-vm';
import { type Azure, complete, failureOf, MIB, RESOURCE_GROUP, startAzure } from './support/azure';

/** How the sweep tells what a restore made and never finished from everything that is somebody's. */
const JOB = '20260301t020000z-restore-vm-00000000-abcdef';
let azure: Azure;
let sourceIds: string[];

beforeEach(async () => {
  azure = await startAzure([
    {
      name: 'vm',
      os: 'Linux',
      disks: [
        { lun: -1, sizeBytes: MIB },
        { lun: 0, sizeBytes: MIB },
      ],
    },
  ]);
  const { result } = await complete(takeSnapshot, azure.compute, {
    ref: azure.ref('vm'),
    jobId: 'a-backup',
    os: 'Linux',
    running: true,
    consistency: 'file-system',
    fallbackAllowed: true,
    diskCount: 2,
  });
  sourceIds = result.disks.map(({ sourceId }) => sourceId);
});
afterEach(() => azure.close());

/** A disk that holds all its bytes. */
async function makeDisk(name: string, jobId = JOB): Promise<string> {
  const { subscriptionId, resourceGroup } = azure.ref('vm');
  const place = { subscriptionId, resourceGroup, location: 'westeurope' };
  const order = { jobId, ...place, name, sizeBytes: MIB, sourceId: sourceIds[0] };
  return (await complete(createRestoreDisk, azure.compute, order)).result.resourceId;
}
async function makeInterface(): Promise<string> {
  const { subscriptionId } = azure.ref('vm');
  const id = `/subscriptions/${subscriptionId}/resourceGroups/${RESOURCE_GROUP}/providers/Microsoft.Network/networkInterfaces/nic`;
  const model = { location: 'westeurope', properties: { ipConfigurations: [] } };
  const order = { jobId: JOB, id, model };
  return (await complete(createNetworkInterface, azure.compute, order)).result.resourceId;
}
async function makeVm(osDisk: string, nic: string): Promise<string> {
  const attached = { createOption: 'Attach', osType: 'Linux', managedDisk: { id: osDisk } };
  const properties = {
    hardwareProfile: { vmSize: 'Standard_D2s_v5' },
    storageProfile: { osDisk: attached },
    networkProfile: { networkInterfaces: [{ id: nic }] },
  };
  const model = { location: 'westeurope', properties };
  const ref = azure.ref('new');
  return (await complete(createRestoredVm, azure.compute, { jobId: JOB, ref, model })).result.resourceId;
}
const disks = () => azure.compute.client(azure.ref('vm').subscriptionId).disks;
const find = (verdict: RestoreVerdict = 'dead') =>
  sweep(azure.compute, {
    olderThan: new Date(Date.now() + 60_000).toISOString(),
    isLive: () => true,
    judgeRestore: () => verdict,
  });
const halfMade = async (verdict?: RestoreVerdict) => (await find(verdict)).halfMade;
const discard = async (resourceId: string) =>
  (await complete(discardHalfMade, azure.compute, { resourceId, jobId: JOB })).result;
const names = async () => (await azure.state()).disks.map(({ name }) => name);

test('complete disks, network interfaces and VMs of a dead restore are found, the VM before its parts, and go', async () => {
  const [os, other, nic] = [await makeDisk('os'), await makeDisk('other'), await makeInterface()];
  const vm = await makeVm(os, nic);
  expect(await halfMade('live')).toEqual([]);
  const first = await halfMade();
  // What the VM uses cannot go before it.
  expect(first).toEqual([vm, other].map((resourceId) => ({ resourceId, jobId: JOB })));
  for (const { resourceId } of first) expect(await discard(resourceId)).toEqual({ discarded: true });
  const second = await halfMade();
  expect(second).toEqual([nic, os].map((resourceId) => ({ resourceId, jobId: JOB })));
  for (const { resourceId } of second) expect(await discard(resourceId)).toEqual({ discarded: true });
  expect(await halfMade()).toEqual([]);
  expect(await names()).toEqual(['vm-os', 'vm-data-0']);
  expect(await findVm(azure.compute, azure.ref('new'))).toBeUndefined();
});

test('nothing that has lost the tag is deleted, even by a sweep that found it before', async () => {
  const [os, nic] = [await makeDisk('os'), await makeInterface()];
  const all = [await makeVm(os, nic), nic, os];
  expect(await halfMade()).toHaveLength(1);
  await complete(completeRestored, azure.compute, { resourceIds: all });
  expect(await halfMade()).toEqual([]);
  for (const resourceId of all) expect(await discard(resourceId)).toEqual({ discarded: false });
  expect(await names()).toContain('os');
  expect(await findVm(azure.compute, azure.ref('new'))).toBeDefined();
});

test('the tag goes alone: tags of people, and who made it, stay', async () => {
  const id = await makeDisk('os');
  const { tags } = await disks().get(RESOURCE_GROUP, 'os');
  await disks().update(RESOURCE_GROUP, 'os', { tags: { ...tags, team: 'blue' } });
  await complete(completeRestored, azure.compute, { resourceIds: [id] });
  const { [HALF_MADE_TAG]: _gone, ...others } = tags ?? {};
  expect((await disks().get(RESOURCE_GROUP, 'os')).tags).toEqual({ ...others, team: 'blue' });
});

test('tags that are lost to a request are set by the next look, and what is gone is no obstacle', async () => {
  const ids = await Promise.all(['a', 'b', 'c'].map((name) => makeDisk(name)));
  await azure.fault({
    operation: 'disks.update',
    effect: { kind: 'refuse', status: 503, code: 'ServiceUnavailable', message: 'Not now.' },
  });
  await disks().delete(RESOURCE_GROUP, 'c');
  await complete(completeRestored, azure.compute, { resourceIds: ids });
  expect(await halfMade()).toEqual([]);
});

test('a copy that somebody made with all its tags is theirs', async () => {
  const id = await makeDisk('os');
  const { tags } = await disks().get(RESOURCE_GROUP, 'os');
  await disks().createOrUpdate(RESOURCE_GROUP, 'my-copy', {
    location: 'westeurope',
    tags: { ...tags },
    creationData: { createOption: 'Restore', sourceResourceId: sourceIds[0] },
  });
  expect((await halfMade()).map(({ resourceId }) => resourceId)).not.toContainEqual(
    expect.stringContaining('my-copy'),
  );
  await discard(id.replace(/os$/, 'my-copy'));
  expect(await names()).toContain('my-copy');
});

test.each<[string, RestoreVerdict]>([
  ['its record', 'complete'],
  ['a sibling that has lost the tag, when nothing else is left of it,', 'dead'],
])('a restore of which %s says that it is complete loses no disk, only the tags', async (_what, verdict) => {
  const [first, second] = [await makeDisk('a'), await makeDisk('b')];
  if (verdict === 'dead') await complete(completeRestored, azure.compute, { resourceIds: [first] });
  const found = await halfMade(verdict);
  expect(found.map(({ resourceId }) => resourceId)).toContain(second);
  expect(found.every((one) => one.complete)).toBe(true);
});

test('of a restore one of whose disks somebody uses nothing goes, and it is told', async () => {
  const [used] = [await makeDisk('a'), await makeDisk('b')];
  const { virtualMachines } = azure.compute.client(azure.ref('vm').subscriptionId);
  const dataDisksToAttach = [{ diskId: used, lun: 5 }];
  await virtualMachines.attachDetachDataDisks(RESOURCE_GROUP, 'vm', { dataDisksToAttach });
  expect(await halfMade()).toEqual([
    { resourceId: used, jobId: JOB, inUseBy: expect.stringMatching(/virtualMachines\/vm$/i) },
  ]);
  expect(await failureOf(discard(used))).toMatchObject({ code: 'RestoreDiskConflict' });
});

test('what another installation made, and what is young, is not looked at', async () => {
  await makeDisk('a');
  const other = { ...azure.compute, settings: { ...azure.compute.settings, installation: 'other' } };
  const options = { isLive: () => true, judgeRestore: () => 'dead' as const };
  const later = new Date(Date.now() + 60_000).toISOString();
  expect((await sweep(other, { ...options, olderThan: later })).halfMade).toEqual([]);
  const early = '2000-01-01T00:00:00.000Z';
  expect((await sweep(azure.compute, { ...options, olderThan: early })).halfMade).toEqual([]);
});

test('a subscription that cannot be read is named, and keeps the others from nothing', async () => {
  const id = await makeDisk('a');
  const elsewhere = '00000000-0000-0000-0000-000000000009';
  azure.compute.settings.subscriptions.push(elsewhere);
  const { halfMade: found, unread } = await find();
  expect(found).toEqual([{ resourceId: id, jobId: JOB }]);
  expect(unread).toMatchObject([{ subscriptionId: elsewhere }]);
});

test('without the right to read network interfaces the rest is found all the same', async () => {
  const id = await makeDisk('a');
  await azure.fault({
    operation: 'networkInterfaces.listAll',
    effect: { kind: 'refuse', status: 403, code: 'AuthorizationFailed', message: 'No.' },
  });
  expect(await halfMade()).toEqual([{ resourceId: id, jobId: JOB }]);
});
