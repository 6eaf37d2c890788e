import { readdir, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { apiClient } from '../../client/api-client';
import { type Started, startAsPeopleDo, untilGone } from './support/started-by-people';
import { testFolder } from './support/test-system';

/** A VM as `az vm list -o json` prints it, shortened. */
const listed = (resourceGroup: string, tag: string) => ({
  name: 'shop',
  resourceGroup,
  hardwareProfile: { vmSize: 'Standard_D2s_v5' },
  storageProfile: {
    osDisk: {
      name: 'shop_OsDisk',
      osType: 'Linux',
      diskSizeGB: 30,
      managedDisk: { storageAccountType: 'Premium_LRS' },
    },
    dataDisks: [{ lun: 0, name: 'shop_data', diskSizeGB: 4096, managedDisk: null }],
  },
  tags: { [tag]: 'daily' },
});

describe('npm start with what az vm list printed on Windows', () => {
  let folder: string;
  let running: Started;
  beforeAll(async () => {
    folder = await testFolder();
    const file = path.join(folder, 'az-vm-list.json');
    const vms = [listed('BLUE', 'backup-policy'), listed('GREEN', 'Backup-Policy')];
    await writeFile(file, `\uFEFF${JSON.stringify(vms)}`);
    running = await startAsPeopleDo(path.join(folder, 'state'), ['--fleet', file]);
  });
  afterAll(async () => {
    running.child.kill('SIGINT');
    await untilGone(running.parts);
    await rm(folder, { recursive: true, force: true });
  });

  it('protects both VMs of one name, by a tag in any case, with disks of the sizes in Azure', async () => {
    const { vms } = await apiClient(running.addresses.api).listVms();
    expect(vms.map(({ name, resourceGroup, policy }) => ({ name, resourceGroup, policy }))).toEqual(
      expect.arrayContaining([
        { name: 'shop', resourceGroup: 'BLUE', policy: 'daily' },
        { name: 'shop', resourceGroup: 'GREEN', policy: 'daily' },
      ]),
    );
    const [first, second] = vms;
    expect(first?.key).not.toBe(second?.key);
    expect(first?.disks.map(({ sizeBytes }) => sizeBytes)).toEqual([30 * 2 ** 30, 4096 * 2 ** 30]);
    const emulator = path.join(folder, 'state', 'emulator');
    const files = await readdir(emulator, { recursive: true });
    const sizes = await Promise.all(files.map((file) => stat(path.join(emulator, file))));
    expect(sizes.reduce((bytes, { blocks }) => bytes + blocks * 512, 0)).toBeLessThan(2 ** 20);
  });
});
