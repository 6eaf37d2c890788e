import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { emulatorClient } from '../../../../client/emulator-client';
import { MIB, startCloud, type TestCloud } from '../support/emulator';
import { fixedVhd } from '../support/images';

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

let cloud: TestCloud;
beforeAll(async () => {
  const disks = [{ lun: -1, image: 'os.vhd' }];
  cloud = await startCloud(
    { vms: [{ name: 'app', os: 'Linux', disks }] },
    { 'os.vhd': fixedVhd(Buffer.alloc(MIB, 7)) },
  );
});
afterAll(() => cloud.close());

test('a guest writes what a fixed VHD holds, without its footer', async () => {
  const emulator = emulatorClient(cloud.url);
  expect(await emulator.hashDisk('app-os')).toBe(sha256(Buffer.alloc(MIB, 7)));
  const disk = Buffer.alloc(MIB, 7);
  disk.fill(9, MIB - 512);
  const image = join(cloud.folder, 'next.vhd');
  writeFileSync(image, fixedVhd(disk));
  expect(await emulator.writeImage('app', -1, image)).toMatchObject({ changedBytes: 512, changedRanges: 1 });
  expect(await emulator.hashDisk('app-os')).toBe(sha256(disk));
});

test('the image below a disk that grows is still the disk alone', async () => {
  await cloud.client.disks.beginUpdateAndWait('fleet', 'app-os', { diskSizeGB: 2 });
  const { sizeBytes } = await emulatorClient(cloud.url).exportDisk('app-os', join(cloud.folder, 'out.img'), {
    digest: false,
  });
  expect(sizeBytes).toBe(2 * 2 ** 30);
});

test('what is no raw disk cannot be written by a guest, and is told with the command that helps', async () => {
  const image = join(cloud.folder, 'next.vhdx');
  writeFileSync(image, Buffer.concat([Buffer.from('vhdxfile'), Buffer.alloc(MIB)]));
  const writing = emulatorClient(cloud.url).writeImage('app', -1, image);
  await expect(writing).rejects.toThrow(`qemu-img convert -f vhdx -O raw ${image}`);
});
