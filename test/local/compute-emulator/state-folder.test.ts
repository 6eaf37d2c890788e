import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { startComputeEmulator } from '../../../local/compute-emulator/start';
import { startCloud, type TestCloud } from './support/emulator';
import { createCollection, diskPoint, GROUP, openPoint, vmOf } from './support/steps';

const IMAGE = Buffer.alloc(1024 * 1024, 4);
const changed = Buffer.from(IMAGE);
changed.fill(9, 0, 512);
const other = Buffer.alloc(IMAGE.length, 5);

describe('the state folder', () => {
  let cloud: TestCloud;
  const vm = vmOf('Windows', { disks: [{ lun: -1, image: 'os.img' }] });

  beforeEach(async () => {
    cloud = await startCloud({ vms: [vm] }, { 'os.img': IMAGE, 'changed.img': changed, 'other.img': other });
    await createCollection(cloud);
  });

  afterEach(() => cloud.close());

  const write = (image: string) =>
    cloud.admin('POST', '/vms/vm-1/disks/-1/image', { image: join(cloud.folder, image) });
  const digest = () => cloud.admin<{ sha256: string }>('GET', '/disks/vm-1-os/sha256');
  const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

  it('keeps VMs, disks, restore points, access and settings over a restart', async () => {
    await cloud.client.restorePoints.create(GROUP, 'vm-1', 'p', {});
    await write('changed.img');
    const blob = await openPoint(cloud, 'p');
    const before = await cloud.admin('GET', '/state');
    const old = cloud.url;
    cloud = await cloud.restart();
    expect(await cloud.admin('GET', '/state')).toEqual(before);
    expect((await digest()).sha256).toBe(sha256(changed));
    const answer = await fetch(blob.url.replace(old, cloud.url));
    expect(
      Buffer.from(await answer.arrayBuffer())
        .subarray(0, IMAGE.length)
        .equals(IMAGE),
    ).toBe(true);
  });

  it('wins over the fleet file for VMs it knows, and takes in new ones', async () => {
    await write('changed.img');
    const later = { vms: [{ ...vm, powerState: 'stopped' }, vmOf('Linux', { name: 'vm-2' })] };
    writeFileSync(join(cloud.folder, 'fleet.json'), JSON.stringify(later));
    cloud = await cloud.restart();
    const state = await cloud.admin<{ vms: { name: string; powerState: string }[] }>('GET', '/state');
    expect(state.vms.map(({ name, powerState }) => [name, powerState])).toEqual([
      ['vm-1', 'running'],
      ['vm-2', 'running'],
    ]);
    expect((await digest()).sha256).toBe(sha256(changed));
  });

  it('holds no signature of any access', async () => {
    await cloud.client.restorePoints.create(GROUP, 'vm-1', 'p', {});
    const { url } = await openPoint(cloud, 'p');
    const signature = new URL(url).searchParams.get('sig') ?? '';
    const text = readFileSync(join(cloud.folder, 'state', 'documents.jsonl'), 'utf8');
    expect(text).toContain(await diskPoint(cloud, 'p'));
    expect(text).not.toContain(signature);
    expect(text).not.toContain(encodeURIComponent(signature));
    expect(text).not.toContain('sig=');
  });

  it('is all that is written: images stay as they were, and nothing is copied from them', async () => {
    const path = join(cloud.folder, 'os.img');
    const before = statSync(path).mtimeMs;
    await cloud.client.restorePoints.create(GROUP, 'vm-1', 'p', {});
    expect(await write('changed.img')).toEqual({ changedBytes: 512, clearedBytes: 0, changedRanges: 1 });
    expect(statSync(path).mtimeMs).toBe(before);
    expect(readFileSync(path).equals(IMAGE)).toBe(true);
    const layers = join(cloud.folder, 'state', 'layers');
    const blocks = readdirSync(layers).map((name) => statSync(join(layers, name)).blocks * 512);
    expect(blocks.reduce((sum, size) => sum + size, 0)).toBeLessThan(32 * 1024);
  });

  it('gives back the space of what was deleted', async () => {
    await write('changed.img');
    await cloud.client.restorePoints.create(GROUP, 'vm-1', 'p', {});
    await cloud.client.virtualMachines.delete(GROUP, 'vm-1');
    await cloud.client.disks.delete(GROUP, 'vm-1-os');
    await cloud.client.restorePointCollections.delete(GROUP, 'vm-1');
    expect(readdirSync(join(cloud.folder, 'state', 'layers'))).toEqual([]);
  });

  it('does not grow with every backup whose snapshot is removed', async () => {
    for (let backup = 0; backup < 8; backup += 1) {
      await write(backup % 2 === 0 ? 'changed.img' : 'other.img');
      await cloud.client.restorePoints.create(GROUP, 'vm-1', String(backup), {});
      await cloud.client.restorePoints.delete(GROUP, 'vm-1', String(backup));
    }
    await write('changed.img');
    cloud = await cloud.restart();
    expect(readdirSync(join(cloud.folder, 'state', 'layers')).length).toBeLessThanOrEqual(6);
    expect((await digest()).sha256).toBe(sha256(changed));
  });

  it('tells of an image that was changed under its disks instead of reading something else', async () => {
    await cloud.client.restorePoints.create(GROUP, 'vm-1', 'p', {});
    writeFileSync(join(cloud.folder, 'os.img'), changed);
    await expect(digest()).rejects.toThrow(/410.*ImageChanged.*os\.img/);
    const log = jest.spyOn(console, 'error').mockImplementation();
    await expect((await openPoint(cloud, 'p')).download(0, 512)).rejects.toMatchObject({
      statusCode: 410,
      message: expect.stringContaining('os.img'),
    });
    expect(log).toHaveBeenCalledWith(expect.anything(), expect.stringContaining('os.img'));
    log.mockRestore();
  });

  it('serves one emulator at a time', async () => {
    const stateDir = join(cloud.folder, 'state');
    await expect(startComputeEmulator({ stateDir })).rejects.toThrow('Another compute emulator is running');
  });

  it('exports disks as sparse files, but never over an image that disks are made of', async () => {
    const out = join(cloud.folder, 'out.img');
    expect(await cloud.admin('POST', '/disks/vm-1-os/export', { out })).toEqual({
      sizeBytes: IMAGE.length,
      sha256: sha256(IMAGE),
    });
    expect(readFileSync(out).equals(IMAGE)).toBe(true);
    const image = join(cloud.folder, 'os.img');
    await expect(cloud.admin('POST', '/disks/vm-1-os/export', { out: image })).rejects.toThrow(
      /409.*invalid-path/,
    );
    await expect(cloud.admin('POST', '/disks/vm-1-os/export', { out: 'relative.img' })).rejects.toThrow(
      /400/,
    );
    await expect(cloud.admin('POST', '/disks/none/export', { out })).rejects.toThrow(/404.*no-such-disk/);
  });

  it('is asked which disk is meant when two resource groups have the name', async () => {
    const { id } = await cloud.client.disks.get(GROUP, 'vm-1-os');
    await cloud.client.snapshots.createOrUpdate(GROUP, 's', {
      location: 'westeurope',
      incremental: true,
      creationData: { createOption: 'Copy', sourceResourceId: id },
    });
    const snapshot = await cloud.client.snapshots.get(GROUP, 's');
    await write('changed.img');
    await cloud.client.disks.createOrUpdate('elsewhere', 'vm-1-os', {
      location: 'westeurope',
      creationData: { createOption: 'Copy', sourceResourceId: snapshot.id },
    });
    await expect(digest()).rejects.toThrow(/409.*ambiguous-name.*prod, elsewhere/);
    const of = (group: string) =>
      cloud.admin<{ sha256: string }>('GET', `/disks/vm-1-os/sha256?resourceGroup=${group}`);
    expect((await of('elsewhere')).sha256).toBe(sha256(IMAGE));
    expect((await of(GROUP)).sha256).toBe(sha256(changed));
  });

  it('is free again when a start fails', async () => {
    const stateDir = join(cloud.folder, 'another');
    const port = Number(new URL(cloud.url).port);
    await expect(startComputeEmulator({ stateDir, port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await (await startComputeEmulator({ stateDir })).close();
  });

  it('takes images of the right size only', async () => {
    writeFileSync(join(cloud.folder, 'short.img'), Buffer.alloc(512));
    await expect(write('short.img')).rejects.toThrow(/400.*size-differs/);
    await expect(write('none.img')).rejects.toThrow(/400.*missing-image/);
    await expect(
      cloud.admin('POST', '/vms/vm-1/disks/7/image', { image: join(cloud.folder, 'os.img') }),
    ).rejects.toThrow(/404.*no-such-disk/);
    await expect(
      cloud.admin('POST', '/vms/none/disks/0/image', { image: join(cloud.folder, 'os.img') }),
    ).rejects.toThrow(/404.*no-such-vm/);
  });

  it('cannot be reached by web pages', async () => {
    const statusWith = (headers: Record<string, string>) =>
      new Promise((resolve, reject) => {
        request(`${cloud.url}/emulator/state`, { headers }, (answer) => resolve(answer.resume().statusCode))
          .on('error', reject)
          .end();
      });
    expect(await statusWith({})).toBe(200);
    expect(await statusWith({ origin: 'https://example.com' })).toBe(403);
    expect(await statusWith({ host: 'rebound.example.com' })).toBe(403);
  });
});
