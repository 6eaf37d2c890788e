import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { checkVault } from '../../direct/check/check-vault';
import { copyVault } from '../../direct/copy/copy-vault';
import { placeAt } from '../../direct/open-vault';
import type { BlobStore } from '../../src/storage/blob-store';
import { memoryBlobStore } from '../../src/storage/memory-blob-store';
import { deletePoint, listPoints } from '../../src/vault/points';
import { openVault, openVaultToRead } from '../../src/vault/vault';
import { restoreDisk } from '../vault/support/backups';
import { copyInMemory } from '../vault/support/copy-in-memory';
import { damageAll } from '../vault/support/damage';
import { mortalStore, ProcessKilled } from '../vault/support/failing-store';
import { type GoldenDisk, writeGoldenHistory } from '../vault/support/golden-history';

const folder = mkdtempSync(path.join(tmpdir(), 'copy-'));
afterAll(() => rmSync(folder, { recursive: true }));

const original = memoryBlobStore();
let disks: GoldenDisk[];
beforeAll(async () => {
  disks = await writeGoldenHistory(original);
});

async function golden() {
  const memory = await copyInMemory(original);
  return { memory, disks, vault: await openVaultToRead(memory) };
}
const idsOf = async (store: BlobStore) =>
  (await listPoints(await openVaultToRead(store))).map(({ pointId }) => pointId);

/** Every point that a store lists, restored and compared. */
async function restoreAll(store: BlobStore, disks: GoldenDisk[]) {
  const vault = await openVaultToRead(store);
  const listed = new Set(await idsOf(store));
  for (const { pointId, diskId, snapshot } of disks)
    if (listed.has(pointId))
      expect((await restoreDisk(vault, pointId, diskId)).equals(snapshot.bytes())).toBe(true);
}

test('a copy in a folder has every listed point, newest first, and docs/reader.py reads it', async () => {
  const { memory, disks, vault } = await golden();
  const to = path.join(folder, 'whole');
  const report = await copyVault(vault, placeAt(to));
  const ids = await idsOf(memory);
  expect(report).toMatchObject({
    copied: [...ids].reverse(),
    present: [],
    refused: [],
    donePoints: ids.length,
  });
  expect(await idsOf(placeAt(to))).toEqual(ids);
  let [blobs, bytes] = [0, 0];
  for await (const { name, sizeBytes } of placeAt(to).list('')) {
    if (name.startsWith('points/') || name === 'vault.json') continue;
    blobs += 1;
    bytes += sizeBytes;
  }
  expect(report).toMatchObject({ copiedBlobs: blobs, copiedBytes: bytes });
  await restoreAll(placeAt(to), disks);
  const { pointId, diskId, snapshot } = disks.at(-1)!;
  const out = path.join(folder, 'read.img');
  execFileSync('python3', [path.join(__dirname, '../../docs/reader.py'), to, pointId, diskId, out]);
  expect(readFileSync(out).equals(snapshot.bytes())).toBe(true);
});

test('copying again copies only what is missing', async () => {
  const { vault, memory } = await golden();
  const target = memoryBlobStore();
  const first = await copyVault(vault, target);
  expect(first.copiedBlobs).toBeGreaterThan(0);
  const again = await copyVault(vault, target);
  expect(again).toMatchObject({ copiedBlobs: 0, copiedBytes: 0, copied: [], present: first.copied });
  const [lost] = await namesIn(target, 'chunks/');
  await target.delete(lost!);
  expect(await copyVault(vault, target)).toMatchObject({ copiedBlobs: 1 });
  // A point that is deleted stays in the copy.
  await deletePoint(await openVault(memory), first.copied[0]!, 'test');
  await copyVault(vault, target);
  expect(await idsOf(target)).toContain(first.copied[0]);
});

test('a few points are copied with just what they need', async () => {
  const { vault, memory, disks } = await golden();
  const target = memoryBlobStore();
  const { pointId } = disks[0]!;
  await copyVault(vault, target, { pointIds: [pointId] });
  expect(await idsOf(target)).toEqual([pointId]);
  await restoreAll(target, disks);
  const all = (await namesIn(memory, 'segments/')).length;
  expect((await namesIn(target, 'segments/')).length).toBeLessThan(all);
  await expect(copyVault(vault, target, { pointIds: ['golden.20990101t000000z'] })).rejects.toThrow(
    'RecoveryPointNotFound',
  );
});

test('killed at any request, a copy is a vault whose points can all be restored, and the next one completes it', async () => {
  const { vault, disks, memory } = await golden();
  const whole = mortalStore(memoryBlobStore());
  await copyVault(vault, whole.store);
  const all = whole.requests();
  const step = Math.max(1, Math.floor(all / 6));
  for (let last = 2; last < all; last += step) {
    const target = memoryBlobStore();
    await expect(copyVault(vault, mortalStore(target, last).store)).rejects.toThrow(ProcessKilled);
    if (await target.head('vault.json')) await restoreAll(target, disks);
    await copyVault(vault, target);
    expect(await idsOf(target)).toEqual(await idsOf(memory));
    expect((await checkVault(await openVaultToRead(target))).sound).toBe(true);
  }
});

test('a point of which something is lost is not copied, and the others are', async () => {
  const { vault, memory, disks } = await golden();
  const target = memoryBlobStore();
  const [first] = await namesIn(memory, 'packs/');
  await memory.delete(first!);
  const report = await copyVault(vault, target);
  expect(report.refused.length).toBeGreaterThan(0);
  expect(report.copied.length).toBeGreaterThan(0);
  for (const { failure } of report.refused) expect(failure).toMatchObject({ code: 'VaultObjectMissing' });
  expect((await idsOf(target)).sort()).toEqual([...report.copied].sort());
  await restoreAll(target, disks);
  expect((await checkVault(await openVaultToRead(target))).sound).toBe(true);
});

test('lost digests, which only writers need, keep no point from being copied', async () => {
  const { vault, memory } = await golden();
  await damageAll(memory, 'digests/', 'missing');
  expect((await copyVault(vault, memoryBlobStore())).refused).toEqual([]);
});

test('another vault is never mixed with this one', async () => {
  const { vault } = await golden();
  const target = memoryBlobStore({ now: () => new Date(0) });
  await openVault(target);
  await expect(copyVault(vault, target)).rejects.toThrow('CopyTargetIsAnotherVault');
  expect(await namesIn(target, '')).toEqual(['vault.json']);
  await copyVault(vault, memoryBlobStore());
});

describe('check', () => {
  test('reads everything back and finds a sound copy sound', async () => {
    const { vault } = await golden();
    const report = await checkVault(vault);
    expect(report).toMatchObject({ sound: true, damaged: [], refused: [] });
    expect(report.checkedChunks).toBeGreaterThan(0);
    const one = await checkVault(vault, { pointIds: [(await listPoints(vault))[0]!.pointId] });
    expect(one.checkedChunks).toBeLessThan(report.checkedChunks);
  });

  test.each([
    // A bit of the head of a small object makes it one of another version.
    ['a flipped bit', 'flipped', /VaultObjectDamaged|VaultVersionUnsupported/],
    ['a lost blob', 'missing', /VaultObjectMissing/],
  ] as const)(
    '%s of any kind is found, with the points it touches, and nothing is written',
    async (_what, how, code) => {
      for (const kind of ['chunks/', 'packs/', 'segments/', 'indexes/']) {
        const { vault, memory } = await golden();
        await damageAll(memory, kind, how);
        const before = await namesIn(memory, '');
        const { sound, damaged } = await checkVault(vault);
        expect(sound).toBe(false);
        for (const { damage, damagedBytes } of damaged) {
          expect(damagedBytes).toBe(damage.reduce((sum, { length }) => sum + length, 0));
          for (const one of damage)
            expect(one).toMatchObject({
              code: expect.stringMatching(code),
              object: expect.stringContaining(kind),
            });
        }
        expect(damaged.length).toBeGreaterThan(0);
        expect(await namesIn(memory, '')).toEqual(before);
      }
    },
  );

  test('a manifest that cannot be read is told, and costs its point', async () => {
    const { vault, memory } = await golden();
    const [first] = await namesIn(memory, 'points/');
    await memory.put(first!, Buffer.from('{'));
    const report = await checkVault(vault);
    expect(report).toMatchObject({ sound: false, damaged: [] });
    expect(report.refused).toHaveLength(1);
    expect(report.donePoints).toBeGreaterThan(5);
  });
});

async function namesIn(store: BlobStore, prefix: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of store.list(prefix)) names.push(name);
  return names;
}

test('a copy leaves no drafts behind', () => {
  const left = readdirSync(path.join(folder, 'whole'), { recursive: true, encoding: 'utf8' });
  expect(left.filter((name) => path.basename(name).startsWith('.'))).toEqual([]);
});
