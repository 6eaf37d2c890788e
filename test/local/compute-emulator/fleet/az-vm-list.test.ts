import { parseFleet } from '../../../../local/compute-emulator/fleet/fleet';
import { startCloud } from '../support/emulator';

const GIB = 2 ** 30;
const id = (group: string, kind: string, name: string) =>
  `/subscriptions/x/resourceGroups/${group}/providers/Microsoft.Compute/${kind}/${name}`;

/** What `az vm list -o json` prints, in its shape, with made-up values. */
const LIST = [
  {
    additionalCapabilities: null,
    availabilitySet: null,
    hardwareProfile: { vmSize: 'Standard_E4s_v5', vmSizeProperties: null },
    id: id('SHOP', 'virtualMachines', 'shop-db'),
    identity: null,
    location: 'westeurope',
    name: 'shop-db',
    networkProfile: { networkInterfaces: [{ id: 'x', primary: null }] },
    resourceGroup: 'SHOP',
    securityProfile: { securityType: 'TrustedLaunch', uefiSettings: { vTpmEnabled: true } },
    storageProfile: {
      imageReference: { offer: 'o', publisher: 'p', sku: 's', version: 'latest' },
      osDisk: {
        caching: 'ReadOnly',
        createOption: 'FromImage',
        deleteOption: 'Delete',
        diskSizeGB: 128,
        managedDisk: {
          diskEncryptionSet: { id: '/des' },
          id: id('SHOP', 'disks', `shop-db_OsDisk_1_${'0'.repeat(32)}`),
          storageAccountType: 'StandardSSD_LRS',
        },
        name: 'another-name',
        osType: 'Windows',
        vhd: null,
      },
      dataDisks: [
        {
          lun: 3,
          diskSizeGB: 1024,
          name: 'shop-db-data',
          managedDisk: { id: id('SHOP', 'disks', 'shop-db-data'), storageAccountType: 'UltraSSD_LRS' },
          toBeDetached: false,
        },
      ],
    },
    tags: { 'backup-policy': 'hourly' },
    type: 'Microsoft.Compute/virtualMachines',
    vmId: '0',
    zones: ['2'],
  },
  {
    hardwareProfile: { vmSize: 'Standard_B2s' },
    name: 'old-1',
    powerState: 'VM deallocated',
    resourceGroup: 'OLD',
    storageProfile: {
      // A VM that is deallocated has no sizes and no kinds of disks.
      osDisk: {
        name: 'old-1_OsDisk',
        osType: 'Linux',
        diskSizeGB: null,
        managedDisk: { id: id('OLD', 'disks', 'old-1_OsDisk'), storageAccountType: null },
      },
      dataDisks: [],
    },
    tags: null,
    zones: null,
  },
];

test('the array that az vm list prints is a fleet with empty disks of the same sizes', () => {
  const { vms } = parseFleet(JSON.stringify(LIST), '/');
  expect(vms).toMatchObject([
    {
      name: 'shop-db',
      resourceGroup: 'SHOP',
      os: 'Windows',
      vmSize: 'Standard_E4s_v5',
      zones: ['2'],
      securityType: 'TrustedLaunch',
      tags: { 'backup-policy': 'hourly' },
      powerState: 'running',
      disks: [
        {
          lun: -1,
          name: `shop-db_OsDisk_1_${'0'.repeat(32)}`,
          sizeBytes: 128 * GIB,
          caching: 'ReadOnly',
          sku: 'StandardSSD_LRS',
          diskEncryptionSet: '/des',
        },
        { lun: 3, name: 'shop-db-data', sizeBytes: 1024 * GIB, sku: 'UltraSSD_LRS' },
      ],
    },
    {
      name: 'old-1',
      powerState: 'deallocated',
      disks: [{ lun: -1, name: 'old-1_OsDisk', sizeBytes: 30 * GIB, sku: 'Premium_LRS' }],
    },
  ]);
});

test.each([
  ['no VM of Azure', [{ name: 'x' }], 'VM x: field resourceGroup'],
  [
    'a disk in a storage account',
    [{ ...LIST[1], storageProfile: { osDisk: { osType: 'Linux', vhd: { uri: 'https://x' } } } }],
    'a disk of it is not a managed disk',
  ],
])('%s is refused by name', (_what, list, words) => {
  expect(() => parseFleet(JSON.stringify(list), '/')).toThrow(words);
});

test('the emulator starts with such an array, and its disks take no room', async () => {
  const cloud = await startCloud(LIST as never);
  try {
    const disk = await cloud.client.disks.get('SHOP', 'shop-db-data');
    expect(disk).toMatchObject({ diskSizeGB: 1024, sku: { name: 'UltraSSD_LRS' } });
    expect((await cloud.client.virtualMachines.get('OLD', 'old-1')).storageProfile?.osDisk?.name).toBe(
      'old-1_OsDisk',
    );
  } finally {
    await cloud.close();
  }
});
