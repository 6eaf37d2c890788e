import fc from 'fast-check';
import { RestoreTarget } from '../../src/restore/restore-target';

const IN_GROUP = '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/Prod';
const nic = (name: string) => `${IN_GROUP}/providers/Microsoft.Network/networkInterfaces/${name}`;
const subnet = (net: string, name: string) =>
  `${IN_GROUP}/providers/Microsoft.Network/virtualNetworks/${net}/subnets/${name}`;
const toVm = { target: 'vm', name: 'web-2', network: { interface: nic('free') } };

const accepts = (value: unknown) => RestoreTarget.safeParse(value).success;

test.each([
  [{ target: 'disks' }],
  [{ target: 'disks', resourceGroup: 'my.group(1)' }],
  [toVm],
  [{ ...toVm, network: { subnet: subnet('office', 'default') }, keepBackupTag: true }],
  [{ target: 'replace' }],
  [{ target: 'replace', deallocate: true }],
  [{ target: 'vm' }],
  [
    {
      target: 'vm',
      network: { securityGroup: `${IN_GROUP}/providers/Microsoft.Network/networkSecurityGroups/g` },
    },
  ],
  [{ target: 'vm', size: 'Standard_D4s_v5', zone: '2', start: false, tags: { owner: 'x' }, disks: ['os'] }],
  [{ target: 'replace', disks: ['lun-0'], start: false, skus: { 'lun-0': 'PremiumV2_LRS' } }],
  [{ target: 'disks', encryptionSet: `${IN_GROUP}/providers/Microsoft.Compute/diskEncryptionSets/s` }],
  [{ target: 'disks', damaged: 'skip' }],
  [{ ...toVm, damaged: 'skip' }],
  [{ target: 'replace', damaged: 'refuse' }],
])('%j is a restore', (value) => expect(accepts(value)).toBe(true));

test('a new VM runs and is as protected as the old one, unless something else was asked for', () => {
  expect(RestoreTarget.parse({ target: 'vm' })).toEqual({
    target: 'vm',
    start: true,
    keepBackupTag: false,
    allowLessProtected: false,
    damaged: 'refuse',
  });
});

test('nothing is deallocated, backed up at once or left out as damaged unless it was asked for', () => {
  expect(RestoreTarget.parse({ target: 'replace' })).toMatchObject({ deallocate: false });
  expect(RestoreTarget.parse(toVm)).toMatchObject({ keepBackupTag: false, damaged: 'refuse' });
});

test.each([
  ['no target', {}],
  ['a target of nobody', { target: 'moon' }],
  ['a field of another target', { target: 'disks', deallocate: true }],
  ['a disk of nobody', { target: 'disks', disks: ['C:'] }],
  ['a disk twice', { target: 'disks', disks: ['os', 'os'] }],
  ['no disk', { target: 'replace', disks: [] }],
  ['a type for a disk of nobody', { target: 'disks', skus: { data: 'Premium_LRS' } }],
  ['a type of disk that cannot be', { target: 'disks', skus: { os: '../x' } }],
  ['a zone that cannot be', { target: 'vm', zone: 'west' }],
  ['a zone for disks in place', { target: 'replace', zone: '1' }],
  ['a size with a path', { target: 'vm', size: 'Standard/..' }],
  [
    'a disk access as encryption set',
    { target: 'disks', encryptionSet: `${IN_GROUP}/providers/Microsoft.Compute/diskAccesses/a` },
  ],
  ['a subnet as security group', { target: 'vm', network: { securityGroup: subnet('a', 'b') } }],
  ['two networks', { ...toVm, network: { interface: nic('a'), subnet: subnet('b', 'c') } }],
  ['a subnet as an interface', { ...toVm, network: { interface: subnet('b', 'c') } }],
  ['a group that leaves its place', { target: 'disks', resourceGroup: '..' }],
  ['an interface that leaves its place', { ...toVm, network: { interface: nic('..') } }],
  ['an interface with a query', { ...toVm, network: { interface: `${nic('a')}?x=y` } }],
  ['an interface on another host', { ...toVm, network: { interface: `//host${nic('a')}` } }],
  ['an interface with an address', { ...toVm, network: { interface: `https://host${nic('a')}` } }],
  ['a name that ends with a hyphen', { ...toVm, name: 'web-' }],
  ['damage that is neither refused nor skipped', { target: 'disks', damaged: 'ignore' }],
  ['a yes in words', { target: 'replace', deallocate: 'yes' }],
])('%s is refused', (_what, value) => expect(accepts(value)).toBe(false));

test('whatever passes names something inside a resource group, and cannot leave its place in a path', () => {
  const piece = fc.oneof(
    fc.constantFrom('..', '.', '%2e%2e', 'a/../b', 'a b', 'ä', '\n', '?', '#', '\\', '@', 'x'.repeat(91)),
    fc.string({ maxLength: 12 }),
  );
  fc.assert(
    fc.property(piece, piece, piece, (name, group, given) => {
      const value = { ...toVm, name, resourceGroup: group, network: { interface: nic(given) } };
      const parsed = RestoreTarget.safeParse(value);
      if (!parsed.success || parsed.data.target !== 'vm') return;
      for (const text of [name, group, given]) {
        expect(new URL(`https://a/${text}/b`).pathname).toBe(`/${text}/b`);
        expect(text).toMatch(/^[\w.()-]+$/);
      }
    }),
  );
});
