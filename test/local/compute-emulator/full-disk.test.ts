import fs from 'node:fs';
import { startCloud, type TestCloud } from './support/emulator';
import { blobAt, createCollection, GROUP, vmOf } from './support/steps';

const ROOM = 'There is no room left on the disk that holds the state of the compute emulator.';
const PAGE = Buffer.alloc(512, 7);

/** Every write puts down half of what it should, and the next one finds no room. */
function fillDisk() {
  const write = fs.writeSync;
  let isFull = false;
  const full = jest.spyOn(fs, 'writeSync').mockImplementation(((
    fd: number,
    bytes: Buffer,
    offset?: number | null,
  ) => {
    const from = offset ?? 0;
    if (isFull) throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    isFull = true;
    return write(fd, bytes, from, Math.floor((bytes.length - from) / 2));
  }) as typeof fs.writeSync);
  return {
    /** The next write begins anew, as after somebody made a little room. */
    again: () => {
      isFull = false;
    },
    makeRoom: () => full.mockRestore(),
  };
}

describe('a full disk below the emulator', () => {
  let cloud: TestCloud;
  let ahead = 0;
  let said: jest.SpyInstance;
  beforeEach(async () => {
    said = jest.spyOn(console, 'error').mockImplementation();
    cloud = await startCloud({ vms: [vmOf('Linux')] }, {}, { clock: () => new Date(Date.now() + ahead) });
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await cloud.close();
  });

  it('is named by every face of it and in the log, and is outlived', async () => {
    const target = await cloud.client.disks.createOrUpdate(GROUP, 'target', {
      location: 'westeurope',
      creationData: { createOption: 'Upload', uploadSizeBytes: 1024 * 1024 + 512 },
    });
    const { accessSAS } = await cloud.client.disks.grantAccess(GROUP, target.name as string, {
      access: 'Write',
      durationInSeconds: 3600,
    });
    const disk = fillDisk();
    await expect(createCollection(cloud)).rejects.toMatchObject({
      statusCode: 507,
      code: 'DiskFull',
      message: ROOM,
    });
    disk.again();
    await expect(cloud.admin('PATCH', '/settings', { listPageSize: 3 })).rejects.toThrow(ROOM);
    disk.again();
    const upload = blobAt(accessSAS).uploadPages(PAGE, 0, 512);
    await expect(upload).rejects.toMatchObject({ statusCode: 507, code: 'DiskFull' });
    expect(said).toHaveBeenCalledWith('control plane:', ROOM);
    expect(said).toHaveBeenCalledWith('data plane:', ROOM);

    disk.makeRoom();
    await blobAt(accessSAS).uploadPages(PAGE, 512, 512);
    await createCollection(cloud);
    cloud = await cloud.restart();
    expect((await cloud.client.restorePointCollections.get(GROUP, 'vm-1')).name).toBe('vm-1');
  });

  it('that is met at the end of an operation does not end the emulator', async () => {
    await cloud.admin('PATCH', '/settings', { operationSeconds: 60 });
    await createCollection(cloud);
    const path = `/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/${GROUP}/providers/Microsoft.Compute`;
    const point = `${cloud.url}${path}/restorePointCollections/vm-1/restorePoints/p?api-version=2024-07-01`;
    const begun = await fetch(point, { method: 'PUT', body: '{}' });
    expect(begun.status).toBeLessThan(300);
    ahead += 120_000;
    const disk = fillDisk();
    await expect(cloud.admin('GET', '/state')).rejects.toThrow(ROOM);
    disk.again();
    const asked = await fetch(point);
    expect([asked.status, await asked.json()]).toEqual([507, { error: { code: 'DiskFull', message: ROOM } }]);
    disk.makeRoom();
    const state = await cloud.admin<{ restorePoints: { provisioningState: string }[] }>('GET', '/state');
    expect(state.restorePoints).toMatchObject([{ provisioningState: 'Succeeded' }]);
    cloud = await cloud.restart();
    expect(await cloud.admin('GET', '/state')).toEqual(state);
  });
});
