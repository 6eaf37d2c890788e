import type { Disk, VirtualMachine } from '@azure/arm-compute';
import { type Azure, MIB, RESOURCE_GROUP, startAzure } from '../../compute/support/azure';

/** What Azure refuses of disks and VMs, through the real SDK. */
let azure: Azure;
beforeAll(async () => {
  azure = await startAzure([{ name: 'vm', os: 'Linux', disks: [{ lun: -1, sizeBytes: MIB }] }]);
});
afterAll(() => azure.close());
afterEach(() => azure.settings({ missing: [], requiredTags: [], lockedResourceGroups: [] }));

const client = () => azure.compute.client(azure.emulator.subscriptionId);
const LOCATION = 'westeurope';
let made = 0;

async function disk(model: Partial<Disk> = {}): Promise<string> {
  const { creationData, ...rest } = model;
  const answer = await client().disks.createOrUpdate(RESOURCE_GROUP, `disk-${made++}`, {
    location: LOCATION,
    diskSizeGB: 1,
    ...rest,
    creationData: { createOption: 'Empty', ...creationData },
  });
  return answer.id ?? '';
}

async function vm(
  os: Partial<Disk>,
  model: Partial<VirtualMachine> = {},
  data?: { id: string; caching?: string },
) {
  const id = await disk({ osType: 'Linux', hyperVGeneration: 'V2', ...os });
  const name = `vm-${made++}`;
  const group = `/subscriptions/${azure.emulator.subscriptionId}/resourceGroups/${RESOURCE_GROUP}`;
  const path = `${group}/providers/Microsoft.Network/networkInterfaces/${name}`;
  await fetch(`${azure.emulator.url}${path}?api-version=2024-05-01`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ location: LOCATION, properties: {} }),
  });
  const { storageProfile, ...others } = model;
  return client().virtualMachines.createOrUpdate(RESOURCE_GROUP, name, {
    location: LOCATION,
    hardwareProfile: { vmSize: 'Standard_D2s_v5' },
    networkProfile: { networkInterfaces: [{ id: path }] },
    ...others,
    storageProfile: {
      ...storageProfile,
      osDisk: { createOption: 'Attach', osType: 'Linux', managedDisk: { id } },
      dataDisks: data && [
        { lun: 0, createOption: 'Attach', caching: data.caching as 'None', managedDisk: { id: data.id } },
      ],
    },
  });
}

const ARM64: Partial<Disk> = { supportedCapabilities: { architecture: 'Arm64' } };
const NVME: Partial<Disk> = { supportedCapabilities: { diskControllerTypes: 'SCSI, NVMe' } };
const TRUSTED: Partial<Disk> = { securityProfile: { securityType: 'TrustedLaunch' } };

it.each([
  ['an Arm64 OS disk in an x64 size', () => vm(ARM64), /architecture/],
  [
    'an x64 OS disk in an Arm64 size',
    () => vm({}, { hardwareProfile: { vmSize: 'Standard_D2ps_v5' } }),
    /architecture/,
  ],
  [
    'an OS disk without NVMe in a size of NVMe',
    () => vm({}, { hardwareProfile: { vmSize: 'Standard_D2s_v6' } }),
    /NVMe/,
  ],
  [
    'NVMe in a size without it',
    () => vm(NVME, { storageProfile: { diskControllerType: 'NVMe' } }),
    /disk controller/,
  ],
  ['a trusted OS disk in a plain VM', () => vm(TRUSTED), /security type/],
  [
    'a plain OS disk in a trusted VM',
    () => vm({}, { securityProfile: { securityType: 'TrustedLaunch' } }),
    /security type/,
  ],
  [
    'an OS profile for a disk that is set up',
    () => vm({}, { osProfile: { computerName: 'x' } }),
    /osProfile/,
  ],
  [
    'an Ultra disk where none is allowed',
    async () => vm({}, {}, { id: await disk({ sku: { name: 'UltraSSD_LRS' } }) }),
    /ultraSSDEnabled/,
  ],
  [
    'caching of a Premium v2 disk',
    async () => vm({}, {}, { id: await disk({ sku: { name: 'PremiumV2_LRS' } }), caching: 'ReadOnly' }),
    /caching/,
  ],
  [
    'IOPS of a Premium disk',
    () => disk({ sku: { name: 'Premium_LRS' }, diskIopsReadWrite: 500 }),
    /diskIOPSReadWrite/,
  ],
  ['a tier of a standard disk', () => disk({ sku: { name: 'Standard_LRS' }, tier: 'P10' }), /tier/],
  [
    'sectors of a standard disk',
    () => disk({ creationData: { createOption: 'Empty', logicalSectorSize: 512 } }),
    /logicalSectorSize/,
  ],
])('refuses %s', async (_what, act, message) => {
  await expect(act()).rejects.toMatchObject({ statusCode: 400, message: expect.stringMatching(message) });
});

it.each([
  ['an Arm64 disk in an Arm64 size', () => vm(ARM64, { hardwareProfile: { vmSize: 'Standard_D2ps_v5' } })],
  ['an NVMe disk in a size of NVMe', () => vm(NVME, { hardwareProfile: { vmSize: 'Standard_D2s_v6' } })],
  [
    'a trusted disk in a trusted VM',
    () => vm(TRUSTED, { securityProfile: { securityType: 'TrustedLaunch' } }),
  ],
])('takes %s', async (_what, act) => {
  expect((await act()).provisioningState).toBe('Succeeded');
});

it('gives disks with sectors 4096 bytes unless somebody asks, and keeps what it was told', async () => {
  const sectorsOf = async (id: string) =>
    (await client().disks.get(RESOURCE_GROUP, id.slice(id.lastIndexOf('/') + 1))).creationData
      ?.logicalSectorSize;
  const sku = { name: 'PremiumV2_LRS' } as const;
  expect(await sectorsOf(await disk({ sku }))).toBe(4096);
  expect(
    await sectorsOf(await disk({ sku, creationData: { createOption: 'Empty', logicalSectorSize: 512 } })),
  ).toBe(512);
});

it('refuses what the owner of the subscription does not want', async () => {
  const group = `/subscriptions/${azure.emulator.subscriptionId}/resourceGroups`;
  await azure.settings({ missing: [`${group}/${RESOURCE_GROUP}`] });
  await expect(disk()).rejects.toMatchObject({ statusCode: 404, code: 'ResourceGroupNotFound' });
  const set = `${group}/keys/providers/Microsoft.Compute/diskEncryptionSets/gone`;
  await azure.settings({ missing: [set] });
  await expect(disk({ encryption: { diskEncryptionSetId: set } })).rejects.toMatchObject({
    code: 'InvalidResourceReference',
    message: expect.stringContaining('gone'),
  });
  await azure.settings({ missing: [], requiredTags: ['Owner'] });
  await expect(disk()).rejects.toMatchObject({ statusCode: 403, code: 'RequestDisallowedByPolicy' });
  await disk({ tags: { owner: 'me' } });
  const id = await disk({ tags: { owner: 'me' } });
  await azure.settings({ lockedResourceGroups: [RESOURCE_GROUP] });
  const name = id.slice(id.lastIndexOf('/') + 1);
  await expect(client().disks.delete(RESOURCE_GROUP, name)).rejects.toMatchObject({ code: 'ScopeLocked' });
});
