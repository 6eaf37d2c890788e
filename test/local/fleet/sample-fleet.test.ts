import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { ext4Images, hasExt4Tools } from '../../../local/fleet/ext4-images';
import { fat16Images } from '../../../local/fleet/fat16-images';
import { PARTITION_OFFSET } from '../../../local/fleet/image';
import {
  makeSampleFleet,
  type SampleDisk,
  type SampleFleet,
  type SampleVm,
} from '../../../local/fleet/sample-fleet';
import { readFat16 } from './support/read-fat16';

const run = promisify(execFile);
const CHUNK = 4 * 1024 * 1024;
const TOOLS = { env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` } };

/** The file system of an image, without a partition table before it. */
async function volumeOf(file: string): Promise<Buffer> {
  const disk = await readFile(file);
  const partitioned = disk.readUInt8(446) === 0x80 && disk.readUInt32LE(454) * 512 === PARTITION_OFFSET;
  return partitioned ? disk.subarray(PARTITION_OFFSET) : disk;
}

/** Throws when the file system has any fault: e2fsck for ext4, a reader of our own for FAT16. */
async function checkFileSystem(file: string, kind: string): Promise<void> {
  const volume = await volumeOf(file);
  if (kind === 'FAT16') {
    readFat16(volume);
    return;
  }
  const partitioned = volume.length !== (await stat(file)).size;
  await run('e2fsck', ['-fn', partitioned ? `${file}?offset=${PARTITION_OFFSET}` : file], TOOLS);
}

describe('the sample fleet', () => {
  let folder: string;
  let fleet: SampleFleet;
  let disks: SampleDisk[];
  let running: SampleDisk[];
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'fleet-test-'));
    fleet = await makeSampleFleet(path.join(folder, 'fleet'), { removing: 'daily', keeping: 'hourly' });
    disks = fleet.vms.flatMap((each) => each.disks);
    running = fleet.vms.filter(isRunning).flatMap((each) => each.disks);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const isRunning = ({ powerState }: SampleVm) => powerState === 'running';
  const vm = (name: string) => fleet.vms.find((each) => each.name === name)!;

  it('has a running Windows VM with a data disk, a running Linux VM with two, and a deallocated VM', () => {
    expect(vm('sql-1')).toMatchObject({ os: 'Windows', powerState: 'running' });
    expect(vm('sql-1').disks.map(({ lun }) => lun)).toEqual([-1, 0]);
    expect(vm('web-1')).toMatchObject({ os: 'Linux', powerState: 'running' });
    expect(vm('web-1').disks.map(({ lun }) => lun)).toEqual([-1, 0, 1]);
    expect(new Set(vm('web-1').disks.map(({ sizeBytes }) => sizeBytes)).size).toBe(3);
    expect(vm('archive-1').powerState).toBe('deallocated');
  });

  it('has a disk whose size is no multiple of a chunk, nor of a page', () => {
    expect(disks.some(({ sizeBytes }) => sizeBytes % CHUNK !== 0 && sizeBytes % 4096 !== 0)).toBe(true);
    expect(disks.every(({ sizeBytes }) => sizeBytes % 512 === 0)).toBe(true);
  });

  it('has a Windows VM whose VSS fails, and each VM selects a policy by its tag', async () => {
    const file = JSON.parse(await readFile(fleet.fleetFile, 'utf8'));
    const legacy = file.vms.find(({ name }: { name: string }) => name === 'legacy-1');
    expect(legacy).toMatchObject({ os: 'Windows', guest: { vss: 'some-writers-failed' } });
    expect(file.vms.map(({ tags }: { tags: object }) => tags)).toEqual([
      { 'backup-policy': 'daily' },
      { 'backup-policy': 'hourly' },
      { 'backup-policy': 'daily' },
      { 'backup-policy': 'hourly' },
    ]);
  });

  it('carries well-formed file systems on every disk, before and after the guests have written', async () => {
    for (const disk of disks) {
      expect((await stat(disk.first)).size).toBe(disk.sizeBytes);
      expect((await stat(disk.second)).size).toBe(disk.sizeBytes);
      await checkFileSystem(disk.first, disk.fileSystem);
      await checkFileSystem(disk.second, disk.fileSystem);
    }
  });

  it('changes a little of every disk of a running VM between the two backups', async () => {
    for (const disk of running) {
      const [before, after] = await Promise.all([readFile(disk.first), readFile(disk.second)]);
      const pages = Math.floor(before.length / 4096);
      const page = (image: Buffer, index: number) => image.subarray(index * 4096, (index + 1) * 4096);
      const changed = Array.from({ length: pages }, (_, index) => index).filter(
        (index) => !page(before, index).equals(page(after, index)),
      );
      expect(changed.length).toBeGreaterThan(100);
      expect(changed.length).toBeLessThan(pages / 5);
    }
  });

  it('clears what the guests of its system disks have removed', async () => {
    const zeros = Buffer.alloc(4096);
    const isZero = (bytes: Buffer) => bytes.equals(zeros.subarray(0, bytes.length));
    for (const disk of running.filter(({ lun }) => lun === -1)) {
      const [before, after] = await Promise.all([readFile(disk.first), readFile(disk.second)]);
      const offsets = Array.from({ length: Math.floor(before.length / 4096) }, (_, index) => index * 4096);
      const cleared = offsets.filter(
        (at) => isZero(after.subarray(at, at + 4096)) && !isZero(before.subarray(at, at + 4096)),
      );
      expect(cleared.length).toBeGreaterThan(100);
    }
  });

  it('is made once: a second call takes what is there', async () => {
    const made = await stat(vm('web-1').disks[0]!.first);
    const again = await makeSampleFleet(path.join(folder, 'fleet'), { removing: 'daily', keeping: 'hourly' });
    expect(again).toEqual(fleet);
    expect((await stat(again.vms[1]!.disks[0]!.first)).mtimeMs).toBe(made.mtimeMs);
    expect(await readdir(folder)).toEqual(['fleet']);
  });
});

describe('the sample fleet on a machine without e2fsprogs', () => {
  it('has well-formed FAT16 file systems on the disks of its Linux VMs instead', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'fleet-test-'));
    try {
      const policies = { removing: 'daily', keeping: 'hourly' };
      const { vms } = await makeSampleFleet(path.join(folder, 'fleet'), policies, async () => fat16Images);
      for (const disk of vms.filter(({ os }) => os === 'Linux').flatMap(({ disks }) => disks)) {
        expect(disk.fileSystem).toBe('FAT16');
        await checkFileSystem(disk.first, disk.fileSystem);
        await checkFileSystem(disk.second, disk.fileSystem);
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

describe('disk images', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'images-test-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const image = (name: string, partitioned: boolean) => ({
    file: path.join(folder, name),
    sizeBytes: 20 * 1024 * 1024 + 512,
    label: 'TEST',
    partitioned,
  });
  const hash = async (file: string) =>
    createHash('sha256')
      .update(await readFile(file))
      .digest('hex');

  it.each([fat16Images, ext4Images])('with $name are the same, byte for byte, each time', async (maker) => {
    if (maker === ext4Images && !(await hasExt4Tools())) return;
    const files = { 'var/log/a.log': Buffer.from('hello'), 'b.bin': Buffer.alloc(100_000, 7) };
    const writes = { write: { 'c/c.bin': Buffer.alloc(9000, 8) }, remove: ['b.bin'] };
    for (const disk of [image('one', true), image('two', true)]) {
      await maker.create(disk, files);
      await maker.apply(disk, writes);
    }
    expect(await hash(image('one', true).file)).toBe(await hash(image('two', true).file));
  });

  it('with ext4 carry none of the times at which they were made', async () => {
    if (!(await hasExt4Tools())) return;
    const disk = image('ext4', false);
    await ext4Images.create(disk, { 'a/b.txt': Buffer.from('b') });
    await ext4Images.apply(disk, { write: { 'a/c.txt': Buffer.from('c') } });
    const utc = { env: { ...TOOLS.env, TZ: 'UTC' } };
    for (const file of ['/', '/a', '/a/b.txt', '/a/c.txt']) {
      const { stdout } = await run('debugfs', ['-R', `stat ${file}`, disk.file], utc);
      for (const line of stdout.match(/^ *[acm]time: .*$/gm)!)
        expect(line).toContain('Fri Jan  2 03:04:06 2026');
    }
  });

  it.each([true, false])(
    'with ext4 hold the files that the guest has (partition table: %s)',
    async (partitioned) => {
      if (!(await hasExt4Tools())) return; // this machine's sample fleet has FAT16 instead, checked above
      const disk = image('ext4', partitioned);
      const before = Buffer.alloc(50_000, 'before');
      await ext4Images.create(disk, { 'a/b/kept.txt': before, 'gone.bin': before, 'new.txt': before });
      const after = Buffer.from(before);
      after.set(Buffer.from('OVER'), 4094);
      await ext4Images.apply(disk, {
        overwrite: [{ path: 'a/b/kept.txt', offset: 4094, bytes: Buffer.from('OVER') }],
        remove: ['gone.bin'],
        write: { 'new.txt': Buffer.from('new'), 'a/c/more.txt': Buffer.from('more') },
      });
      const device = partitioned ? `${disk.file}?offset=${PARTITION_OFFSET}` : disk.file;
      const read = async (file: string) =>
        (await run('debugfs', ['-R', `cat ${file}`, device], { ...TOOLS, encoding: 'buffer' })).stdout;
      expect((await read('/a/b/kept.txt')).equals(after)).toBe(true);
      expect((await read('/new.txt')).toString()).toBe('new');
      expect((await read('/a/c/more.txt')).toString()).toBe('more');
      expect((await read('/gone.bin')).toString()).toBe('');
      await run('e2fsck', ['-fn', device], TOOLS);
    },
  );
});
