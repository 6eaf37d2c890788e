import { emulatedAzure } from '../../../client/emulated-azure';
import { emulatorClient } from '../../../client/emulator-client';
import { SECOND_SUBSCRIPTION_ID } from '../../../local/compute-emulator/cloud/ids';
import { connect, MIB, startCloud, type TestCloud } from './support/emulator';
import { fixedVhd } from './support/images';

const DISK = Buffer.alloc(MIB, 7);

let cloud: TestCloud;
beforeEach(async () => {
  const disks = [
    { lun: -1, image: 'os.vhd' },
    { lun: 0, sizeBytes: MIB },
  ];
  cloud = await startCloud(
    {
      vms: ['blue', 'green'].map((resourceGroup) => ({ name: 'app', resourceGroup, os: 'Linux', disks })),
    },
    { 'os.vhd': fixedVhd(DISK) },
  );
});
afterEach(() => cloud.close());

const vmIn = (group: string) => cloud.client.virtualMachines.get(group, 'app');
const azure = () => emulatedAzure(cloud.url);

test('two VMs of one name live in two groups, each with a disk of the fixed VHD without its footer', async () => {
  const emulator = emulatorClient(cloud.url);
  const hashes = await Promise.all(['blue/app-os', 'green/app-os'].map((disk) => emulator.hashDisk(disk)));
  expect(hashes[0]).toBe(hashes[1]);
  const { sizeBytes } = (await emulator.state()).disks.find(({ name }) => name === 'app-os')!;
  expect(sizeBytes).toBe(MIB);
  await expect(emulator.hashDisk('app-os')).rejects.toThrow('blue, green');
});

test('a VM that moves is the same VM, with its disks and interfaces, and survives a restart there', async () => {
  const before = await vmIn('blue');
  const parts = [before.storageProfile!.osDisk!, ...before.storageProfile!.dataDisks!];
  const disks = parts.map(({ managedDisk }) => managedDisk!.id!);
  await azure().move([before.id!, ...disks, ...(await azure().networkInterfacesOf(before.id!))], 'red');
  await expect(vmIn('blue')).rejects.toThrow('was not found');
  const after = await vmIn('red');
  expect(after.vmId).toBe(before.vmId);
  expect(after.storageProfile!.osDisk!.managedDisk!.id).toContain('/resourceGroups/red/');
  const disk = await cloud.client.disks.get('red', 'app-data-0');
  expect(disk.managedBy).toBe(after.id);
  cloud = await cloud.restart();
  await expect(vmIn('blue')).rejects.toThrow('was not found');
  expect((await vmIn('red')).vmId).toBe(before.vmId);
  // It works there as before.
  await cloud.client.virtualMachines.beginDeallocateAndWait('red', 'app');
});

test('a VM that moves to the second subscription is listed there, and nowhere else', async () => {
  const { client, url } = cloud;
  const there = connect({ url, subscriptionId: SECOND_SUBSCRIPTION_ID });
  const before = await vmIn('blue');
  const target = `/subscriptions/${SECOND_SUBSCRIPTION_ID}/resourceGroups/second-red`;
  await azure().move([before.id!], target);
  expect((await there.virtualMachines.get('second-red', 'app')).vmId).toBe(before.vmId);
  const idsOf = async (list: AsyncIterable<{ id?: string }>) => {
    const ids = [];
    for await (const { id } of list) ids.push(id);
    return ids;
  };
  expect(await idsOf(there.virtualMachines.listAll())).toEqual([
    `${target}/providers/Microsoft.Compute/virtualMachines/app`,
  ]);
  expect(await idsOf(client.virtualMachines.listAll())).toEqual([(await vmIn('green')).id]);
  await expect(client.virtualMachines.get('second-red', 'app')).rejects.toThrow('could not be found');
  await there.virtualMachines.beginDeallocateAndWait('second-red', 'app');
});

test('what stays behind knows where the others have gone', async () => {
  const vm = await vmIn('blue');
  await azure().move([vm.id!], 'red');
  expect((await cloud.client.disks.get('blue', 'app-os')).managedBy).toBe((await vmIn('red')).id);
  await azure().move([(await cloud.client.disks.get('blue', 'app-os')).id!], 'red');
  expect((await vmIn('red')).storageProfile!.osDisk!.managedDisk!.id).toContain('/resourceGroups/red/');
});

test('a move is refused to where the name is taken, of what is elsewhere, and while a disk is read', async () => {
  const vm = await vmIn('blue');
  await expect(azure().move([vm.id!], 'green')).rejects.toThrow('There is a resource app in green already.');
  await expect(azure().move([vm.id!.replace('/app', '/none')], 'red')).rejects.toThrow('was not found');
  await cloud.client.virtualMachines.beginDeallocateAndWait('blue', 'app');
  const disk = await cloud.client.disks.get('blue', 'app-os');
  await cloud.client.disks.beginGrantAccessAndWait('blue', 'app-os', {
    access: 'Read',
    durationInSeconds: 60,
  });
  await expect(azure().move([disk.id!], 'red')).rejects.toThrow('active shared access signature');
});

test('a VM of the fleet file that was deleted stays deleted, and its disks are what they were', async () => {
  await azure().remove((await vmIn('blue')).id!);
  const before = await cloud.client.disks.get('blue', 'app-os');
  cloud = await cloud.restart();
  await expect(vmIn('blue')).rejects.toThrow('was not found');
  expect((await cloud.client.disks.get('blue', 'app-os')).uniqueId).toBe(before.uniqueId);
  expect((await vmIn('green')).name).toBe('app');
});
