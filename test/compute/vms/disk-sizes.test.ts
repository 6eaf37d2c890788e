import { discoverVms } from '../../../src/compute/vms/discover';
import { diskSizes } from '../../../src/compute/vms/disk-sizes';
import { type Azure, MIB, startAzure } from '../support/azure';

let azure: Azure;
let diskIds: string[];
beforeAll(async () => {
  const disks = [
    { lun: -1, sizeBytes: 3 * MIB },
    { lun: 0, sizeBytes: 5 * MIB },
  ];
  azure = await startAzure([
    { name: 'one', os: 'Linux', disks },
    { name: 'two', os: 'Linux', disks },
  ]);
  const { vms } = await discoverVms(azure.compute);
  diskIds = vms.flatMap((vm) =>
    vm.ref.name === 'one' ? vm.disks.flatMap(({ resourceId }) => resourceId ?? []) : [],
  );
});
afterAll(() => azure.close());
afterEach(() => azure.clearFaults());

const listings = async () => {
  const calls = await azure.calls();
  return [calls['disks.list']?.calls ?? 0, calls['disks.listByResourceGroup']?.calls ?? 0];
};

test('true sizes come for the disks that are asked for, by one listing of their resource group, whatever else there is', async () => {
  const [all, groups] = await listings();
  const sizes = await diskSizes(
    azure.compute,
    diskIds.map((id) => id.toUpperCase()),
  );
  expect([...sizes.values()].sort()).toEqual([3 * MIB, 5 * MIB]);
  expect(await listings()).toEqual([all, (groups ?? 0) + 1]);
});

test('nothing is asked for no disks', async () => {
  const before = await listings();
  expect(await diskSizes(azure.compute, [])).toEqual(new Map());
  expect(await listings()).toEqual(before);
});

test.each([
  ['whoever may not list disks', 'AuthorizationFailed', 403],
  ['a service that is not there now', 'ServiceUnavailable', 503],
  ['a resource group that is gone', 'ResourceGroupNotFound', 404],
  ['what nobody knows yet', 'SomethingNew', 400],
])('%s costs the sizes, and nothing else', async (_who, code, status) => {
  await azure.fault({
    operation: 'disks.listByResourceGroup',
    count: null,
    effect: { kind: 'refuse', status, code, message: 'as the test wants' },
  });
  expect(await diskSizes(azure.compute, diskIds)).toEqual(new Map());
});

test('what goes wrong on this side is told', async () => {
  await expect(diskSizes(azure.compute, ['no resource id'])).rejects.toThrow('Not a resource id');
});
