import { randomBytes } from 'node:crypto';
import { memoryBlobStore } from '../../../src/storage/memory-blob-store';
import { openVault } from '../../../src/vault/vault';
import { backUp, restoreDisk } from '../support/backups';
import { SimulatedDisk, type SimulatedSnapshot } from '../support/simulated-disk';

const MiB = 1024 * 1024;
const DISK = 32 * MiB;

function fullDisk(): SimulatedDisk {
  const disk = new SimulatedDisk(DISK);
  for (let chunk = 0; chunk < DISK / (4 * MiB); chunk += 1) disk.write(chunk * 4 * MiB, randomBytes(4 * MiB));
  return disk;
}

function scatter(disk: SimulatedDisk, blocks: number, seed: number): number {
  for (let k = 0; k < blocks; k += 1)
    disk.write((((k * 7919 + seed * 104_729) * 31) % (DISK / 4096)) * 4096, randomBytes(4096));
  return blocks * 4096;
}

describe.each(['tracked', 'compared'])('a %s backup', (mode) => {
  const backUpNext = async (
    vault: Parameters<typeof backUp>[0],
    now: SimulatedSnapshot,
    before?: SimulatedSnapshot,
    base?: string,
  ) => {
    const source = now.source(mode === 'tracked' ? before : undefined);
    const point = await backUp(vault, [{ diskId: 'os', source, base }]);
    return { pointId: point.pointId, counts: point.disks[0]!.counts };
  };

  test('of scattered small writes uploads hardly more than they are, also day after day', async () => {
    const vault = await openVault(memoryBlobStore());
    const disk = fullDisk();
    let before = disk.snapshot();
    let { pointId } = await backUpNext(vault, before);
    let uploaded = 0;
    let changed = 0;
    for (let day = 0; day < 12; day += 1) {
      changed += scatter(disk, 82, day);
      const now = disk.snapshot();
      const next = await backUpNext(vault, now, before, pointId);
      if (day === 0) {
        expect(next.counts.sentPlainBytes).toBeLessThan(changed * 1.1);
        expect(next.counts.requests).toBeLessThanOrEqual(15);
      }
      uploaded += next.counts.sentPlainBytes;
      // Old patches cost a comparison one small read for each backup that made them, not one for each chunk.
      expect(next.counts.requests).toBeLessThanOrEqual(15 + day);
      before = now;
      pointId = next.pointId;
    }
    expect(uploaded).toBeLessThan(changed * 2.2);
    expect((await restoreDisk(vault, pointId, 'os')).equals(before.bytes())).toBe(true);
  });

  test('of nothing changed sends no data', async () => {
    const vault = await openVault(memoryBlobStore());
    const disk = fullDisk();
    const before = disk.snapshot();
    const { pointId } = await backUpNext(vault, before);
    const { counts } = await backUpNext(vault, disk.snapshot(), before, pointId);
    expect(counts).toMatchObject({
      newChunks: 0,
      patchedChunks: 0,
      changedBytes: 0,
      readBytes: mode === 'tracked' ? 0 : DISK,
    });
    expect(counts.sentPlainBytes).toBeLessThan(100);
    expect(counts.requests).toBeLessThanOrEqual(20);
  });
});

test('the same disk of another VM is stored once, whichever is first', async () => {
  const vault = await openVault(memoryBlobStore());
  const disk = fullDisk();
  disk.write(0, Buffer.alloc(4 * MiB));
  disk.write(8192, randomBytes(4096));
  const snapshot = disk.snapshot();
  await backUp(vault, [{ diskId: 'os', source: snapshot.source() }]);
  const twin = await backUp(vault, [{ diskId: 'lun-3', source: snapshot.source() }], 'vm-2.20300101t000000z');
  expect(twin.disks[0]?.counts).toMatchObject({ newChunks: 0, reusedChunks: DISK / (4 * MiB) - 1 });
});

test('what is in doubt about a base makes the transfer slower, never wrong, and the point says so', async () => {
  const vault = await openVault(memoryBlobStore());
  const disk = new SimulatedDisk(6 * MiB);
  disk.write(0, randomBytes(MiB));
  const first = disk.snapshot();
  const base = await backUp(vault, [{ diskId: 'os', source: first.source() }]);
  disk.grow(7 * MiB);
  const grown = disk.snapshot();
  const expectations: [Parameters<typeof backUp>[1][number], string, string][] = [
    [{ diskId: 'os', source: grown.source(first), base: base.pointId }, 'checksum', 'grown'],
    [{ diskId: 'lun-1', source: grown.source(first), base: base.pointId }, 'full', 'no disk lun-1'],
    [
      { diskId: 'os', source: grown.source(first), base: 'vm-1.20200101t000000z' },
      'full',
      'RecoveryPointNotFound',
    ],
    [{ diskId: 'os', source: grown.source(first) }, 'full', 'no base'],
  ];
  for (const [order, mode, reason] of expectations) {
    const point = await backUp(vault, [order]);
    expect(point.disks[0]).toMatchObject({ mode, modeReason: expect.stringContaining(reason) });
    expect((await restoreDisk(vault, point.pointId, order.diskId)).equals(grown.bytes())).toBe(true);
  }
  const larger = await backUp(vault, [{ diskId: 'os', source: grown.source() }]);
  const shrunk = await backUp(vault, [{ diskId: 'os', source: first.source(), base: larger.pointId }]);
  expect(shrunk.disks[0]).toMatchObject({ mode: 'full', modeReason: expect.stringContaining('smaller') });
});

test('ranges that contradict themselves are refused before anything is read, and good ones are taken', async () => {
  const vault = await openVault(memoryBlobStore());
  const snapshot = new SimulatedDisk(MiB).snapshot();
  const bad = [
    [
      { offset: 4096, length: 4096 },
      { offset: 0, length: 4096 },
    ],
    [
      { offset: 0, length: 8192 },
      { offset: 4096, length: 4096 },
    ],
    [{ offset: MiB - 512, length: 1024 }],
    [{ offset: -512, length: 512 }],
    [{ offset: 0, length: 0 }],
  ];
  for (const ranges of bad) {
    const source = { ...snapshot.source(), allocatedRanges: async () => ranges };
    await expect(backUp(vault, [{ diskId: 'os', source }])).rejects.toThrow('DiskRangesInvalid');
  }
  expect(snapshot.readBytes).toBe(0);
  const { pointId } = await backUp(vault, [{ diskId: 'os', source: snapshot.source() }]);
  expect((await restoreDisk(vault, pointId, 'os')).equals(snapshot.bytes())).toBe(true);
});

test('what the tracking says was cleared is neither read nor sent', async () => {
  const vault = await openVault(memoryBlobStore());
  const disk = fullDisk();
  const before = disk.snapshot();
  const base = await backUp(vault, [{ diskId: 'os', source: before.source() }]);
  disk.clear(MiB + 512, 8 * MiB);
  const now = disk.snapshot();
  const point = await backUp(vault, [{ diskId: 'os', source: now.source(before), base: base.pointId }]);
  // Two blocks were cleared in part, at both ends.
  expect(now.readBytes).toBe(2 * 4096);
  expect(point.disks[0]?.counts).toMatchObject({
    changedBytes: 8 * MiB + 4096,
    zeroedBytes: 8 * MiB - 4096,
    clearedChunks: 1,
    newChunks: 0,
  });
  expect((await restoreDisk(vault, point.pointId, 'os')).equals(now.bytes())).toBe(true);
});
