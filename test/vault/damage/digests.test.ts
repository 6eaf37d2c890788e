import { randomBytes } from 'node:crypto';
import type { BlobStore } from '../../../src/storage/blob-store';
import { memoryBlobStore } from '../../../src/storage/memory-blob-store';
import { listDamage } from '../../../src/vault/objects/damage-notes';
import { openDiskImage } from '../../../src/vault/restore/disk-image';
import { openVault, type Vault } from '../../../src/vault/vault';
import { verifyPart } from '../../../src/vault/verify';
import { backUp, restoreDisk } from '../support/backups';
import { damageAll } from '../support/damage';
import { SimulatedDisk } from '../support/simulated-disk';

const MiB = 1024 * 1024;

async function onePoint() {
  const store = memoryBlobStore();
  const vault = await openVault(store);
  const disk = new SimulatedDisk(24 * MiB);
  for (const at of [4, 12]) disk.write(at * MiB, randomBytes(4 * MiB));
  const snapshot = disk.snapshot();
  const { pointId } = await backUp(vault, [{ diskId: 'os', source: snapshot.source() }]);
  return { store, vault, disk, snapshot, pointId };
}

const verify = async (vault: Vault, pointId: string) =>
  verifyPart(vault, await openDiskImage(vault, pointId, 'os'), 0);

async function bodiesOf(store: BlobStore): Promise<[string, Buffer][]> {
  const found: [string, Buffer][] = [];
  for await (const { name } of store.list('digests/')) found.push([name, (await store.get(name))!.body]);
  return found;
}

describe.each(['flipped', 'missing'] as const)('%s digests', (how) => {
  test('are found by a verification, which says that no byte is lost, and noted', async () => {
    const { store, vault, snapshot, pointId } = await onePoint();
    const [[name]] = (await bodiesOf(store)) as [[string, Buffer]];
    await damageAll(store, 'digests/', how);
    expect(await verify(vault, pointId)).toMatchObject({
      checkedChunks: 2,
      damagedBytes: 0,
      damagedRanges: 0,
      damagedDigests: 1,
      damage: [{ offset: 4 * MiB, length: 12 * MiB, object: name, lost: false }],
    });
    expect(await listDamage(store)).toEqual([name]);
    expect((await restoreDisk(vault, pointId, 'os')).equals(snapshot.bytes())).toBe(true);
  });

  test.each(['tracked', 'compared'])(
    'are written again by the next %s backup, and the note goes',
    async (mode) => {
      const { store, vault, snapshot, pointId } = await onePoint();
      const before = await bodiesOf(store);
      await damageAll(store, 'digests/', how);
      await verify(vault, pointId);
      const source = snapshot.source(mode === 'tracked' ? snapshot : undefined);
      const next = await backUp(vault, [{ diskId: 'os', source, base: pointId }]);
      expect(next.disks[0]?.counts.newChunks).toBe(0);
      expect(await bodiesOf(store)).toEqual(before);
      expect(await listDamage(store)).toEqual([]);
      expect(await verify(vault, pointId)).toMatchObject({ damagedDigests: 0 });
    },
  );

  test('that nobody verified are noted by the backup that wants to compare with them', async () => {
    const { store, vault, disk, pointId } = await onePoint();
    await damageAll(store, 'digests/', how);
    disk.write(5 * MiB, randomBytes(4096));
    const snapshot = disk.snapshot();
    const next = await backUp(vault, [{ diskId: 'os', source: snapshot.source(), base: pointId }]);
    expect(await listDamage(store)).toHaveLength(1);
    expect((await restoreDisk(vault, next.pointId, 'os')).equals(snapshot.bytes())).toBe(true);
  });
});

test('a note about digests makes no backup read all content back', async () => {
  const { store, vault, pointId, snapshot } = await onePoint();
  await damageAll(store, 'digests/', 'missing');
  await verify(vault, pointId);
  let chunkReads = 0;
  const get: BlobStore['get'] = (name, options) => {
    if (name.startsWith('chunks/')) chunkReads += 1;
    return store.get(name, options);
  };
  await backUp({ ...vault, store: { ...store, get } }, [{ diskId: 'os', source: snapshot.source() }]);
  expect(chunkReads).toBe(0);
});
