import { existsSync, readFileSync, statSync } from 'node:fs';
import files from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { emulatorClient } from '../../../client/emulator-client';
import { loopbackServer } from '../../support/loopback-server';
import { startCloud, type TestCloud } from './support/emulator';
import { vmOf } from './support/steps';

const TIB = 2 ** 40;
const SMALL = Buffer.concat([Buffer.alloc(3 * 2 ** 20), Buffer.from('data'.padEnd(512))]);

/** Disks that are mostly holes are exported without anybody having to wait for the holes. */
describe('the export of a disk', () => {
  let cloud: TestCloud;
  let out: string;
  beforeAll(async () => {
    const disks = [
      { lun: -1, name: 'vast', sizeBytes: TIB },
      { lun: 0, name: 'small', image: 'small.img' },
    ];
    cloud = await startCloud({ vms: [vmOf('Linux', { disks })] }, { 'small.img': SMALL });
    out = join(cloud.folder, 'out.img');
  });
  afterAll(() => cloud.close());

  it('takes no time for the holes when no digest is asked for', async () => {
    const client = emulatorClient(cloud.url);
    expect(await client.exportDisk('vast', out, { digest: false })).toEqual({ sizeBytes: TIB });
    expect(statSync(out)).toMatchObject({ size: TIB, blocks: expect.any(Number) });
    expect(statSync(out).blocks * 512).toBeLessThan(2 ** 20);
  });

  it('is the same with and without a digest', async () => {
    const client = emulatorClient(cloud.url);
    const { sha256 } = await client.exportDisk('small', out);
    expect(sha256).toBe(await client.hashDisk('small'));
    expect(SMALL.equals(readFileSync(out))).toBe(true);
    await client.exportDisk('small', out, { digest: false });
    expect(SMALL.equals(readFileSync(out))).toBe(true);
  });

  it('lets others have their turn, says that it is at work, and ends with whoever asked for it', async () => {
    const asking = new AbortController();
    const target = join(cloud.folder, 'vast.img');
    const answer = await fetch(`${cloud.url}/emulator/disks/vast/export`, {
      method: 'POST',
      body: JSON.stringify({ out: target }),
      signal: asking.signal,
    });
    expect(answer.status).toBe(200);
    expect(existsSync(`${target}.partial`)).toBe(true);
    expect(await cloud.admin('GET', '/settings')).toBeDefined();
    asking.abort();
    await answer.text().catch(() => undefined);
    while (existsSync(`${target}.partial`)) await turn();
    expect(existsSync(target)).toBe(false);
  });

  it('names the file for which there was no room, and leaves nothing of it', async () => {
    const { open } = files;
    jest.spyOn(files, 'open').mockImplementationOnce(async (...args) => {
      const file = await open(...args);
      jest
        .spyOn(file, 'write')
        .mockRejectedValue(Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' }));
      return file;
    });
    const target = join(cloud.folder, 'full.img');
    await expect(emulatorClient(cloud.url).exportDisk('small', target)).rejects.toMatchObject({
      status: 507,
      message: `There is no room left for ${target}.`,
    });
    expect(existsSync(`${target}.partial`)).toBe(false);
  });

  it('that fails after it has begun to answer is a failure for its client', async () => {
    const late = loopbackServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(' {"error":{"code":"DiskFull","message":"There is no room left."}}');
    });
    await new Promise<void>((resolve) => late.listen(0, '127.0.0.1', resolve));
    const { port } = late.address() as AddressInfo;
    const client = emulatorClient(`http://127.0.0.1:${port}`);
    await expect(client.exportDisk('vast', out)).rejects.toMatchObject({
      code: 'DiskFull',
      message: 'There is no room left.',
    });
    await new Promise((resolve) => late.close(resolve));
  });
});
