import type { BlobStore } from '../../../src/storage/blob-store';
import { memoryBlobStore } from '../../../src/storage/memory-blob-store';
import { blobNames } from '../../../src/vault/format/names';
import { listDamage } from '../../../src/vault/objects/damage-notes';
import { openDiskImage } from '../../../src/vault/restore/disk-image';
import { planRestore } from '../../../src/vault/restore/plan-restore';
import { openVault, type Vault } from '../../../src/vault/vault';
import { verifyPart } from '../../../src/vault/verify';
import { backUp, nextPointId, restoreDisk } from '../support/backups';
import { damageAll } from '../support/damage';
import { SimulatedDisk } from '../support/simulated-disk';

const MiB = 1024 * 1024;

/** A vault with one point of a small disk: a whole chunk, and a sparse one that is a patch. */
async function onePoint() {
  const store = memoryBlobStore();
  const vault = await openVault(store);
  const disk = new SimulatedDisk(9 * MiB);
  disk.write(0, Buffer.alloc(4 * MiB, 5));
  disk.write(5 * MiB, Buffer.alloc(8192, 6));
  const snapshot = disk.snapshot();
  const { pointId } = await backUp(vault, [{ diskId: 'os', source: snapshot.source() }]);
  return { store, vault, snapshot, pointId };
}

async function contentOf(store: BlobStore, folder: string): Promise<[string, Buffer][]> {
  const found: [string, Buffer][] = [];
  for await (const { name } of store.list(folder)) found.push([name, (await store.get(name))!.body]);
  return found;
}

async function expectSound(vault: Vault, pointId: string, expected: Buffer) {
  expect((await restoreDisk(vault, pointId, 'os')).equals(expected)).toBe(true);
}

describe.each(['flipped', 'missing'] as const)('%s content', (how) => {
  test.each([['indexes/'], ['segments/'], ['digests/']])(
    'of %s is healed by the next backup of an unchanged disk, and nothing stays noted',
    async (folder) => {
      const { store, vault, snapshot, pointId } = await onePoint();
      await damageAll(store, folder, how);
      const again = await backUp(vault, [{ diskId: 'os', source: snapshot.source(), base: pointId }]);
      await expectSound(vault, again.pointId, snapshot.bytes());
      await expectSound(vault, pointId, snapshot.bytes());
      expect(await listDamage(store)).toEqual([]);
    },
  );

  test.each([['indexes/'], ['segments/'], ['digests/']])(
    'of %s is healed by a full backup of the same content, which knows of no damage',
    async (folder) => {
      const { store, vault, snapshot, pointId } = await onePoint();
      const [[name, sound]] = (await contentOf(store, folder)) as [[string, Buffer]];
      await damageAll(store, folder, how);
      const again = await backUp(vault, [{ diskId: 'os', source: snapshot.source() }]);
      await expectSound(vault, again.pointId, snapshot.bytes());
      await expectSound(vault, pointId, snapshot.bytes());
      expect(await contentOf(store, folder)).toEqual([[name, sound]]);
    },
  );

  test.each([
    ['chunks/', 'segments/'],
    ['packs/', 'segments/'],
    ['chunks/', 'indexes/'],
    ['packs/', 'indexes/'],
  ])('of %s that only a damaged blob of %s names is not taken unread', async (content, naming) => {
    const { store, vault, snapshot, pointId } = await onePoint();
    await damageAll(store, content, how);
    await damageAll(store, naming, how);
    const again = await backUp(vault, [{ diskId: 'os', source: snapshot.source(), base: pointId }]);
    await expectSound(vault, again.pointId, snapshot.bytes());
  });
});

test('what a verification could not see behind a damaged segment is healed with it', async () => {
  const { store, vault, snapshot, pointId } = await onePoint();
  for (const folder of ['chunks/', 'packs/', 'segments/']) await damageAll(store, folder);
  const image = await openDiskImage(vault, pointId, 'os');
  expect(await planRestore(image)).toEqual({ parts: 1, bytes: image.sizeBytes });
  expect((await verifyPart(vault, image, 0)).damagedBytes).toBe(image.sizeBytes);
  expect(await listDamage(store)).toHaveLength(1);
  const again = await backUp(vault, [{ diskId: 'os', source: snapshot.source(), base: pointId }]);
  await expectSound(vault, again.pointId, snapshot.bytes());
  await expectSound(vault, pointId, snapshot.bytes());
  expect(await listDamage(store)).toEqual([]);
});

test('an index that cannot be read when a disk is opened is noted down, also for who only wants to verify', async () => {
  const { store, vault, pointId } = await onePoint();
  await damageAll(store, 'indexes/');
  await expect(openDiskImage(vault, pointId, 'os')).rejects.toThrow('VaultObjectDamaged');
  expect(await listDamage(store)).toEqual([expect.stringMatching(/^indexes\//)]);
});

test('damage is still told as damage where the vault may only be read', async () => {
  const { store, vault, pointId } = await onePoint();
  await damageAll(store, 'indexes/');
  const refuse: BlobStore['put'] = async () => {
    throw new Error('AuthorizationPermissionMismatch');
  };
  const readOnly = { ...vault, store: { ...store, put: refuse } };
  await expect(openDiskImage(readOnly, pointId, 'os')).rejects.toThrow('VaultObjectDamaged');
});

test('sound content is neither sent again nor read back because of a full backup', async () => {
  const { store, vault, snapshot } = await onePoint();
  let chunkReads = 0;
  const get: BlobStore['get'] = (name, options) => {
    if (name.startsWith('chunks/')) chunkReads += 1;
    return store.get(name, options);
  };
  const source = snapshot.source();
  const again = await backUp(
    { ...vault, store: { ...store, get } },
    [{ diskId: 'os', source }],
    nextPointId(),
  );
  expect(again.disks[0]?.counts).toMatchObject({ newChunks: 0, reusedChunks: 1 });
  expect(chunkReads).toBe(0);
});

describe('a note about content that is sound', () => {
  test.each([
    ['indexes/', 1],
    ['segments/', 2],
  ])(
    'of %s is gone after %i backups of an idle disk, which is then tracked again',
    async (folder, backups) => {
      const { store, vault, snapshot, pointId } = await onePoint();
      for (const [name] of await contentOf(store, folder))
        await store.put(blobNames.damage(name), Buffer.from('{}'));
      let base = pointId;
      for (let time = 0; time < backups; time += 1) {
        const source = snapshot.source(snapshot);
        base = (await backUp(vault, [{ diskId: 'os', source, base }])).pointId;
      }
      expect(await listDamage(store)).toEqual([]);
      const next = await backUp(vault, [{ diskId: 'os', source: snapshot.source(snapshot), base }]);
      expect(next.disks[0]?.mode).toBe('changed-blocks');
      await expectSound(vault, next.pointId, snapshot.bytes());
    },
  );
});
