import { randomBytes } from 'node:crypto';
import { memoryBlobStore } from '../../../src/storage/memory-blob-store';
import { collectGarbage } from '../../../src/vault/garbage/collect-garbage';
import { listDamage } from '../../../src/vault/objects/damage-notes';
import { deletePoint } from '../../../src/vault/points';
import { openDiskImage } from '../../../src/vault/restore/disk-image';
import { openVault, type Vault } from '../../../src/vault/vault';
import { verifyPart } from '../../../src/vault/verify';
import { backUp } from '../support/backups';
import { damageAll } from '../support/damage';
import { SimulatedDisk } from '../support/simulated-disk';

const MiB = 1024 * 1024;
const DAY_MS = 86_400_000;
const FOLDERS = ['chunks/', 'packs/', 'digests/', 'segments/', 'indexes/'];

async function onePoint() {
  let now = Date.parse('2030-01-01T00:00:00Z');
  const store = memoryBlobStore({ now: () => new Date(now) });
  const vault = await openVault(store);
  const disk = new SimulatedDisk(12 * MiB);
  disk.write(0, randomBytes(4 * MiB));
  disk.write(5 * MiB, randomBytes(8192));
  const { pointId } = await backUp(vault, [{ diskId: 'os', source: disk.snapshot().source() }]);
  const kept = new Map<string, Buffer>();
  for await (const { name } of store.list('')) kept.set(name, (await store.get(name))!.body);
  return {
    store,
    vault,
    pointId,
    later: (days: number) => {
      now += days * DAY_MS;
    },
    /** Somebody puts back what the vault had, as from a copy of it. */
    async putBack(folder: string) {
      for (const [name, body] of kept) if (name.startsWith(folder)) await store.put(name, body);
    },
  };
}

const verify = async (vault: Vault, pointId: string) =>
  verifyPart(vault, await openDiskImage(vault, pointId, 'os'), 0);

/** Damages content, and has it found. */
async function damageAndNote(vault: Vault, pointId: string, folder: string, how: 'flipped' | 'missing') {
  await damageAll(vault.store, folder, how);
  await verify(vault, pointId).catch(() => undefined);
  expect(await listDamage(vault.store)).toHaveLength(1);
}

describe.each(FOLDERS)('a note about content of %s that somebody has put back', (folder) => {
  test('goes with the next verification that reads it', async () => {
    const { store, vault, pointId, putBack } = await onePoint();
    await damageAndNote(vault, pointId, folder, 'missing');
    await putBack(folder);
    expect(await verify(vault, pointId)).toMatchObject({ damage: [] });
    expect(await listDamage(store)).toEqual([]);
  });

  test('goes with the next collection, too, which a dry run is not', async () => {
    const { store, vault, pointId, putBack } = await onePoint();
    await damageAndNote(vault, pointId, folder, 'flipped');
    await collectGarbage(vault);
    expect(await listDamage(store)).toHaveLength(1);
    await putBack(folder);
    await collectGarbage(vault, { dryRun: true });
    expect(await listDamage(store)).toHaveLength(1);
    await collectGarbage(vault);
    expect(await listDamage(store)).toEqual([]);
  });
});

test('a pack stays noted when all that a point needs of it reads well, and something else in it does not', async () => {
  const { store, vault } = await onePoint();
  const disk = new SimulatedDisk(12 * MiB);
  disk.write(MiB, randomBytes(8192));
  disk.write(9 * MiB, randomBytes(8192));
  const before = disk.snapshot();
  const both = await backUp(vault, [{ diskId: 'os', source: before.source() }]);
  const { pack, offset } = (await (await openDiskImage(vault, both.pointId, 'os')).readSegment(0))[2]!
    .patches[0]!.data!;
  disk.write(8 * MiB, randomBytes(4 * MiB));
  const source = disk.snapshot().source(before);
  const { pointId } = await backUp(vault, [{ diskId: 'os', source, base: both.pointId }]);
  const segment = await (await openDiskImage(vault, pointId, 'os')).readSegment(0);
  expect(segment.map((entry) => entry?.patches[0]?.data?.pack.name)).toEqual([
    pack.name,
    undefined,
    undefined,
  ]);

  const { body } = (await store.get(`packs/${pack.name}`))!;
  body.writeUInt8(body.readUInt8(offset + 100) ^ 4, offset + 100);
  await store.put(`packs/${pack.name}`, body);
  await store.put(`damage/packs/${pack.name}`, Buffer.from('{}'));
  expect(await verify(vault, pointId)).toMatchObject({ damage: [] });
  expect(await listDamage(store)).toEqual([`packs/${pack.name}`]);
});

describe('a note about content that no point needs', () => {
  test('goes at once when the content is missing', async () => {
    const { store, vault, pointId, later } = await onePoint();
    await damageAndNote(vault, pointId, 'chunks/', 'missing');
    await deletePoint(vault, pointId, 'test');
    later(15);
    await store.put(`damage/chunks/${'a'.repeat(64)}`, Buffer.from('{}'));
    await collectGarbage(vault);
    expect(await listDamage(store)).toEqual([]);
  });

  test('stays while the damaged blob lies there, where a backup may find it, and goes with it', async () => {
    const { store, vault, later } = await onePoint();
    const name = `chunks/${'b'.repeat(64)}`;
    await store.put(name, Buffer.from('damaged'));
    await store.put(`damage/${name}`, Buffer.from('{}'));
    await collectGarbage(vault);
    expect(await listDamage(store)).toEqual([name]);
    later(8);
    const dry = await collectGarbage(vault, { dryRun: true });
    expect({ ...(await collectGarbage(vault)), dryRun: true }).toEqual(dry);
    expect(await store.head(name)).toBeUndefined();
    expect(await listDamage(store)).toEqual([]);
  });
});
