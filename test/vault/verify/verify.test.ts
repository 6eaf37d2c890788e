import { randomBytes } from 'node:crypto';
import { memoryBlobStore } from '../../../src/storage/memory-blob-store';
import { collectGarbage } from '../../../src/vault/garbage/collect-garbage';
import { listDamage } from '../../../src/vault/objects/damage-notes';
import { openDiskImage } from '../../../src/vault/restore/disk-image';
import { openVault, type Vault } from '../../../src/vault/vault';
import {
  listVerifications,
  needsVerification,
  recordVerification,
  verifyPart,
  verifyParts,
} from '../../../src/vault/verify';
import { backUp, restoreDisk } from '../support/backups';
import { SimulatedDisk, type SimulatedSnapshot } from '../support/simulated-disk';

const MiB = 1024 * 1024;

async function verifyDisk(vault: Vault, pointId: string) {
  const image = await openDiskImage(vault, pointId, 'os');
  expect(verifyParts(image)).toBe(1);
  return verifyPart(vault, image, 0);
}

const namesIn = async (vault: Vault, folder: string) => {
  const names: string[] = [];
  for await (const { name } of vault.store.list(`${folder}/`)) names.push(name);
  return names;
};

async function flipABit(vault: Vault, name: string): Promise<void> {
  const { body } = (await vault.store.get(name))!;
  const at = Math.floor(body.length / 2);
  body.writeUInt8(body.readUInt8(at) ^ 4, at);
  await vault.store.put(name, body);
}

/** A vault with two points of a disk: three whole chunks, and a patch on the second. */
async function twoPoints() {
  const vault = await openVault(memoryBlobStore());
  const disk = new SimulatedDisk(40 * MiB);
  for (const at of [0, 8, 12]) disk.write(at * MiB, randomBytes(4 * MiB));
  const first = disk.snapshot();
  const before = (await backUp(vault, [{ diskId: 'os', source: first.source() }])).pointId;
  disk.write(9 * MiB, randomBytes(8192));
  const second = disk.snapshot();
  const after = (await backUp(vault, [{ diskId: 'os', source: second.source(first), base: before }])).pointId;
  return { vault, disk, first, second, before, after };
}

const chunkOf = async (vault: Vault, pointId: string, chunk: number) => {
  const image = await openDiskImage(vault, pointId, 'os');
  return `chunks/${(await image.readSegment(0))[chunk]!.base!.name}`;
};

test('a sound point verifies to its last byte', async () => {
  const { vault, after } = await twoPoints();
  const report = await verifyDisk(vault, after);
  expect(report).toEqual({
    checkedChunks: 3,
    checkedBytes: 12 * MiB,
    skippedChunks: 0,
    damagedBytes: 0,
    damagedRanges: 0,
    damagedDigests: 0,
    firstDamage: [],
    damage: [],
  });
  expect(await listDamage(vault.store)).toEqual([]);
});

test('damage is reported as the bytes of the disk that it costs, and the rest is still checked', async () => {
  const { vault, before, after } = await twoPoints();
  const flipped = await chunkOf(vault, after, 2);
  const missing = await chunkOf(vault, after, 3);
  await flipABit(vault, flipped);
  await vault.store.delete(missing);
  const expected = [
    { offset: 8 * MiB, length: 4 * MiB, object: flipped, code: 'VaultObjectDamaged' },
    { offset: 12 * MiB, length: 4 * MiB, object: missing, code: 'VaultObjectMissing' },
  ];
  for (const pointId of [before, after]) {
    expect(await verifyDisk(vault, pointId)).toMatchObject({
      checkedChunks: 1,
      damagedBytes: 8 * MiB,
      damage: expected,
    });
  }
  await expect(restoreDisk(vault, after, 'os')).rejects.toThrow('VaultObjectDamaged');
});

test.each(['tracked', 'compared'])(
  'the next %s backup heals damaged chunks, in every point that has them',
  async (mode) => {
    const { vault, disk, second, before, after } = await twoPoints();
    for (const chunk of [0, 2]) await flipABit(vault, await chunkOf(vault, after, chunk));
    await vault.store.delete(await chunkOf(vault, after, 3));
    await verifyDisk(vault, after);
    expect(await listDamage(vault.store)).toHaveLength(3);

    disk.write(20 * MiB, randomBytes(4096));
    const third = disk.snapshot();
    const source = third.source(mode === 'tracked' ? second : undefined);
    const healed = await backUp(vault, [{ diskId: 'os', source, base: after }]);
    expect(healed.disks[0]).toMatchObject({
      mode: 'checksum',
      modeReason: expect.stringContaining('healed'),
    });
    expect((await restoreDisk(vault, healed.pointId, 'os')).equals(third.bytes())).toBe(true);
    // The second chunk changed since the first point: what the base point had there is not on the disk any
    // more.
    expect((await verifyDisk(vault, before)).damage.map(({ offset }) => offset)).toEqual([8 * MiB]);
    expect(await listDamage(vault.store)).toHaveLength(1);
  },
);

test('damaged packs, segments or digests cost the next backup a comparison, and the point after it nothing', async () => {
  const breakers: ((vault: Vault) => Promise<void>)[] = [
    async (vault) => flipABit(vault, (await namesIn(vault, 'packs'))[0]!),
    async (vault) => {
      for (const name of await namesIn(vault, 'segments')) await flipABit(vault, name);
    },
    async (vault) => {
      for (const name of await namesIn(vault, 'digests')) await vault.store.delete(name);
    },
  ];
  for (const breakIt of breakers) {
    const { vault, disk, second, after } = await twoPoints();
    await breakIt(vault);
    await verifyDisk(vault, after);
    disk.write(9 * MiB + 16_384, randomBytes(4096));
    const third = disk.snapshot();
    let base = after;
    let previous: SimulatedSnapshot = second;
    for (let round = 0; round < 2; round += 1) {
      const point = await backUp(vault, [{ diskId: 'os', source: third.source(previous), base }]);
      expect(point.disks[0]?.mode).toBe(round === 0 ? 'checksum' : 'changed-blocks');
      expect((await restoreDisk(vault, point.pointId, 'os')).equals(third.bytes())).toBe(true);
      expect((await verifyDisk(vault, point.pointId)).damagedBytes).toBe(0);
      base = point.pointId;
      previous = third;
    }
  }
});

test('changed blocks on a segment that turns out damaged fail once, and the next backup compares', async () => {
  const { vault, disk, second, after } = await twoPoints();
  for (const name of await namesIn(vault, 'segments')) await flipABit(vault, name);
  disk.write(0, randomBytes(4096));
  const third = disk.snapshot();
  const backup = () => backUp(vault, [{ diskId: 'os', source: third.source(second), base: after }]);
  await expect(backup()).rejects.toThrow('VaultObjectDamaged');
  const { pointId, disks } = await backup();
  expect(disks[0]?.mode).toBe('checksum');
  expect((await restoreDisk(vault, pointId, 'os')).equals(third.bytes())).toBe(true);
});

test('samples of all rounds together see every chunk, each about its share', async () => {
  const vault = await openVault(memoryBlobStore());
  const disk = new SimulatedDisk(160 * MiB);
  for (let chunk = 0; chunk < 40; chunk += 1)
    disk.write(chunk * 4 * MiB, Buffer.alloc(600 * 1024, chunk + 1));
  const { pointId } = await backUp(vault, [{ diskId: 'os', source: disk.snapshot().source() }]);
  const image = await openDiskImage(vault, pointId, 'os');
  const rounds = [];
  for (let round = 0; round < 4; round += 1) {
    rounds.push(await verifyPart(vault, image, 0, { sample: { share: 0.25, round } }));
  }
  expect(rounds.reduce((sum, { checkedChunks }) => sum + checkedChunks, 0)).toBe(40);
  expect(Math.max(...rounds.map(({ checkedChunks }) => checkedChunks))).toBeLessThan(25);
});

test('evidence is kept: a point needs verification again when the last sound one is too old', async () => {
  let now = new Date('2030-01-01T00:00:00Z');
  const vault = await openVault(memoryBlobStore({ now: () => now }));
  const disk = new SimulatedDisk(4096);
  disk.write(0, randomBytes(4096));
  const { pointId } = await backUp(vault, [{ diskId: 'os', source: disk.snapshot().source() }]);
  expect(await needsVerification(vault, pointId, 30)).toBe(true);
  const { damage: _all, firstDamage: _first, ...counts } = await verifyDisk(vault, pointId);
  const record = { pointId, runId: 'verify-1', share: 1, disks: [{ diskId: 'os', ...counts }] };
  await recordVerification(vault, record);
  expect(await recordVerification(vault, record)).toEqual((await listVerifications(vault, pointId))[0]);
  expect(await needsVerification(vault, pointId, 30)).toBe(false);
  now = new Date('2030-02-15T00:00:00Z');
  expect(await needsVerification(vault, pointId, 30)).toBe(true);
  await collectGarbage(vault);
  expect(await listVerifications(vault, pointId)).toHaveLength(1);
});
