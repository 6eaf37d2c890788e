import { randomBytes } from 'node:crypto';
import { memoryBlobStore } from '../../../src/storage/memory-blob-store';
import type { Damage } from '../../../src/vault/damage/damage';
import { listDamage } from '../../../src/vault/objects/damage-notes';
import { openDisk } from '../../../src/vault/restore/disk-image';
import { planReading } from '../../../src/vault/restore/plan-restore';
import { restoreOpenedPart } from '../../../src/vault/restore/restore-part';
import { openVault, type Vault } from '../../../src/vault/vault';
import { backUp, restoreDisk } from '../support/backups';
import { damageAll, flipABit } from '../support/damage';
import { SimulatedDisk, TargetDisk } from '../support/simulated-disk';

const MiB = 1024 * 1024;
const CHUNK = 4 * MiB;

/** A point of a disk with whole chunks at 0, 8 and 12 MiB, and a sparse one at 20 MiB that is a patch. */
async function onePoint() {
  const store = memoryBlobStore();
  const vault = await openVault(store);
  const disk = new SimulatedDisk(26 * MiB);
  for (const at of [0, 8, 12]) disk.write(at * MiB, randomBytes(CHUNK));
  disk.write(21 * MiB, randomBytes(8192));
  disk.write(25 * MiB, randomBytes(MiB));
  const snapshot = disk.snapshot();
  const { pointId } = await backUp(vault, [{ diskId: 'os', source: snapshot.source() }]);
  return { store, vault, disk, snapshot, pointId };
}

const chunkOf = async (vault: Vault, pointId: string, chunk: number) => {
  const opened = await openDisk(vault, pointId, 'os');
  if (!('image' in opened)) throw opened.unreadable;
  return `chunks/${(await opened.image.readSegment(0))[chunk]!.base!.name}`;
};

/** Restores what can be restored of a disk. */
async function restoreInPart(vault: Vault, pointId: string) {
  const disk = await openDisk(vault, pointId, 'os');
  const target = new TargetDisk('image' in disk ? disk.image.sizeBytes : disk.sizeBytes);
  const plan = await planReading(disk);
  const damage: Damage[] = [];
  let readBytes = 0;
  for (let part = 0; part < plan.parts; part += 1) {
    const restored = await restoreOpenedPart(disk, target, part, {});
    damage.push(...restored.damage);
    readBytes += restored.readBytes;
  }
  expect(readBytes).toBe(plan.bytes);
  return { bytes: target.bytes, damage };
}

function withZeros(bytes: Buffer, damage: Damage[]): Buffer {
  const copy = Buffer.from(bytes);
  for (const { offset, length } of damage) copy.fill(0, offset, offset + length);
  return copy;
}

describe.each(['flipped', 'missing'] as const)('a restore that meets %s content', (how) => {
  test.each(['chunks/', 'packs/', 'segments/', 'indexes/'])(
    'of %s notes it, so that the next backup heals it: its own point and the one before are whole',
    async (folder) => {
      const { store, vault, snapshot, pointId } = await onePoint();
      await damageAll(store, folder, how);
      await expect(restoreDisk(vault, pointId, 'os')).rejects.toThrow(/VaultObject(Damaged|Missing)/);
      const noted = await listDamage(store);
      expect(noted.length).toBeGreaterThan(0);
      for (const name of noted) expect(name).toContain(folder);
      // A restore that is refused need not have met all there is; one that goes on has.
      await restoreInPart(vault, pointId);
      const source = snapshot.source(snapshot);
      const next = await backUp(vault, [{ diskId: 'os', source, base: pointId }]);
      for (const id of [pointId, next.pointId])
        expect((await restoreDisk(vault, id, 'os')).equals(snapshot.bytes())).toBe(true);
      expect(await listDamage(store)).toEqual([]);
    },
  );
});

test('asked to go on, it restores all else, leaves zeros in the ranges that it names, and reads what was planned', async () => {
  const { store, vault, snapshot, pointId } = await onePoint();
  const [first, third] = [await chunkOf(vault, pointId, 0), await chunkOf(vault, pointId, 3)];
  await flipABit(store, first);
  await store.delete(third);
  await damageAll(store, 'packs/', 'missing');
  const { bytes, damage } = await restoreInPart(vault, pointId);
  expect(damage).toMatchObject([
    { offset: 0, length: CHUNK, object: first, code: 'VaultObjectDamaged', lost: true },
    { offset: 3 * CHUNK, length: CHUNK, object: third, code: 'VaultObjectMissing' },
    { offset: 5 * CHUNK, length: CHUNK, code: 'VaultObjectMissing' },
  ]);
  expect(damage).toHaveLength(3);
  expect(bytes.equals(withZeros(snapshot.bytes(), damage))).toBe(true);
  expect(await listDamage(store)).toHaveLength(3);
});

test.each(['segments/', 'indexes/'])('without its %s the whole disk is one range', async (folder) => {
  const { store, vault, snapshot, pointId } = await onePoint();
  await damageAll(store, folder, 'missing');
  const { bytes, damage } = await restoreInPart(vault, pointId);
  const sizeBytes = snapshot.bytes().length;
  expect(damage).toMatchObject([{ offset: 0, length: sizeBytes, object: expect.stringContaining(folder) }]);
  expect(bytes.equals(Buffer.alloc(sizeBytes))).toBe(true);
});

test('what is only out of reach is neither skipped nor noted: it may be had later', async () => {
  const archived = new Set<string>();
  const store = memoryBlobStore({ archived: (name) => archived.has(name) });
  const vault = await openVault(store);
  const disk = new SimulatedDisk(CHUNK);
  disk.write(0, randomBytes(CHUNK));
  const { pointId } = await backUp(vault, [{ diskId: 'os', source: disk.snapshot().source() }]);
  for (const folder of ['chunks/', 'indexes/']) {
    archived.clear();
    for await (const { name } of store.list(folder)) archived.add(name);
    await expect(restoreInPart(vault, pointId)).rejects.toThrow('VaultBlobArchived');
  }
  expect(await listDamage(store)).toEqual([]);
});
