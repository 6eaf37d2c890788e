import { createHash, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AnonymousCredential, PageBlobClient } from '@azure/storage-blob';
import { MIB, startCloud, type TestCloud } from './support/emulator';

const os = Buffer.concat([randomBytes(MIB), Buffer.alloc(2 * MIB), randomBytes(MIB), Buffer.alloc(MIB)]);
const data = randomBytes(3 * MIB + 512);

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

async function grant(
  cloud: TestCloud,
  collection: string,
  point: string,
  disk: string,
): Promise<PageBlobClient> {
  const { accessSAS } = await cloud.client.diskRestorePoint.grantAccess('prod', collection, point, disk, {
    access: 'Read',
    durationInSeconds: 3600,
  });
  return new PageBlobClient(accessSAS ?? '', new AnonymousCredential());
}

describe('the compute emulator, through the real SDKs', () => {
  let cloud: TestCloud;

  beforeAll(async () => {
    const vm = {
      name: 'win-1',
      resourceGroup: 'prod',
      os: 'Windows',
      tags: { 'backup-policy': 'daily' },
      disks: [
        { lun: -1, image: 'os.img' },
        { lun: 0, image: 'data.img' },
      ],
    };
    cloud = await startCloud({ vms: [vm] }, { 'os.img': os, 'data.img': data });
  });

  afterAll(() => cloud.close());

  it('lists the fleet, takes a snapshot, shows what guests wrote since, and makes a disk of it again', async () => {
    const { client } = cloud;
    const listed = [];
    for await (const vm of client.virtualMachines.listAll()) listed.push(vm);
    expect(listed.map(({ name, tags }) => ({ name, tags }))).toEqual([
      { name: 'win-1', tags: { 'backup-policy': 'daily' } },
    ]);
    const view = await client.virtualMachines.instanceView('prod', 'win-1');
    expect(view.statuses?.map(({ code }) => code)).toContain('PowerState/running');

    const source = { id: listed[0]?.id };
    await client.restorePointCollections.createOrUpdate('prod', 'backup', { location: 'westeurope', source });
    const first = await client.restorePoints.create('prod', 'backup', 'first', {});
    expect(first.consistencyMode).toBe('ApplicationConsistent');
    const extension = await client.virtualMachineExtensions.get('prod', 'win-1', 'VMSnapshot');
    expect(extension.provisioningState).toBe('Succeeded');

    const written = Buffer.from(os);
    randomBytes(512).copy(written, 2 * MIB + 4096);
    written.fill(0, 0, 1024);
    writeFileSync(join(cloud.folder, 'os-2.img'), written);
    const change = await cloud.admin('POST', '/vms/win-1/disks/-1/image', {
      image: join(cloud.folder, 'os-2.img'),
    });
    expect(change).toEqual({ changedBytes: 512, clearedBytes: 1024, changedRanges: 2 });
    await client.restorePoints.create('prod', 'backup', 'second', {});

    const names: Record<string, string> = {};
    for (const point of ['first', 'second']) {
      for await (const disk of client.diskRestorePoint.listByRestorePoint('prod', 'backup', point)) {
        if (disk.sourceResourceId?.endsWith('win-1-os')) names[point] = disk.name ?? '';
      }
    }
    const before = await grant(cloud, 'backup', 'first', names.first ?? '');
    const after = await grant(cloud, 'backup', 'second', names.second ?? '');
    const { contentLength } = await before.getProperties();
    expect(contentLength).toBe(os.length + 512);
    expect((await before.downloadToBuffer()).subarray(0, os.length).equals(os)).toBe(true);
    expect((await after.downloadToBuffer()).subarray(0, os.length).equals(written)).toBe(true);

    const allocated = [];
    for await (const range of before.listPageRanges()) allocated.push(range);
    expect(allocated.at(-1)).toMatchObject({ end: os.length + 511 });
    const diff = await after.getPageRangesDiffForManagedDisks(0, contentLength ?? 0, before.url);
    expect(diff.pageRange).toEqual([{ offset: 2 * MIB + 4096, count: 511 }]);
    expect(diff.clearRange).toEqual([{ offset: 0, count: 1023 }]);

    await expect(client.restorePoints.delete('prod', 'backup', 'first')).rejects.toMatchObject({
      code: 'DiskRestorePointUsedByCustomer',
      statusCode: 409,
    });
    for (const [point, disk] of Object.entries(names))
      await client.diskRestorePoint.revokeAccess('prod', 'backup', point, disk);
    await expect(before.download(0, 512)).rejects.toMatchObject({
      statusCode: 403,
      code: 'AuthenticationFailed',
    });

    await client.disks.createOrUpdate('prod', 'restored', {
      location: 'westeurope',
      creationData: {
        createOption: 'Restore',
        sourceResourceId: first.sourceMetadata?.storageProfile?.osDisk?.diskRestorePoint?.id,
      },
    });
    expect(await cloud.admin('GET', '/disks/restored/sha256')).toEqual({
      sizeBytes: os.length,
      sha256: sha256(os),
    });
    await client.restorePoints.delete('prod', 'backup', 'first');
    expect(await cloud.admin('GET', '/disks/restored/sha256')).toEqual({
      sizeBytes: os.length,
      sha256: sha256(os),
    });
    const state = await cloud.admin<{ restorePoints: unknown[]; grants: unknown[] }>('GET', '/state');
    expect(state.restorePoints).toHaveLength(1);
    expect(state.grants).toEqual([]);
  });

  it('takes an upload page by page and keeps it over a restart', async () => {
    const { client } = cloud;
    await client.disks.createOrUpdate('prod', 'uploaded', {
      location: 'westeurope',
      creationData: { createOption: 'Upload', uploadSizeBytes: data.length + 512 },
    });
    const { accessSAS } = await client.disks.grantAccess('prod', 'uploaded', {
      access: 'Write',
      durationInSeconds: 60,
    });
    const blob = new PageBlobClient(accessSAS ?? '', new AnonymousCredential());
    await blob.uploadPages(data.subarray(0, 2 * MIB), 0, 2 * MIB);
    await blob.uploadPages(data.subarray(2 * MIB), 2 * MIB, MIB + 512);
    await expect(client.disks.revokeAccess('prod', 'uploaded')).rejects.toThrow('conectix');
    const footer = Buffer.alloc(512);
    footer.write('conectix');
    await blob.uploadPages(footer, data.length, 512);
    await client.disks.revokeAccess('prod', 'uploaded');
    expect(await client.disks.get('prod', 'uploaded')).toMatchObject({
      diskState: 'Unattached',
      diskSizeBytes: data.length,
    });
    cloud = await cloud.restart();
    expect(await cloud.admin('GET', '/disks/uploaded/sha256')).toEqual({
      sizeBytes: data.length,
      sha256: sha256(data),
    });
    await cloud.client.disks.delete('prod', 'uploaded');
    await expect(cloud.client.disks.get('prod', 'uploaded')).rejects.toMatchObject({
      code: 'ResourceNotFound',
    });
  });

  it('answers the script that asks what the backup changed on Windows', async () => {
    const answer = await cloud.client.virtualMachines.runCommand('prod', 'win-1', {
      commandId: 'RunPowerShellScript',
      script: ['# script-id: durable-vm-backup/windows-state/1', 'Get-Service VSS'],
    });
    expect(JSON.parse(answer.value?.[0]?.message ?? '')).toEqual({
      vcRedist2013x64: '12.0.40660',
      vssStartMode: 'Auto',
      iaasVmProvider: 'Auto',
    });
  });
});
