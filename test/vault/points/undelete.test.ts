import type { BlobStore } from '../../../src/storage/blob-store';
import { memoryBlobStore } from '../../../src/storage/memory-blob-store';
import { collectGarbage } from '../../../src/vault/garbage/collect-garbage';
import { deletePoint, listPoints, undeletePoint } from '../../../src/vault/points';
import { openVault } from '../../../src/vault/vault';
import { backUp } from '../support/backups';
import { SimulatedDisk } from '../support/simulated-disk';

const DAY = 24 * 3600 * 1000;

/**
 * A vault with one point, deleted and on the last day of its grace; `collect` collects garbage two days
 * later.
 */
async function lastDayOfGrace(locked?: (name: string) => boolean) {
  let now = Date.parse('2030-01-01T00:00:00Z');
  const store = memoryBlobStore({ now: () => new Date(now), locked });
  const vault = await openVault(store);
  const disk = new SimulatedDisk(4096);
  disk.write(0, Buffer.alloc(4096, 1));
  const { pointId } = await backUp(vault, [{ diskId: 'os', source: disk.snapshot().source() }]);
  await deletePoint(vault, pointId, 'by hand');
  now += 14 * DAY;
  const collect = async () => {
    now += 2 * DAY;
    await collectGarbage(vault);
    now -= 2 * DAY;
  };
  return { store, vault, pointId, collect };
}

/** The store as a process sees it that is overtaken just before it takes the tombstone away. */
function overtaken(store: BlobStore, by: () => Promise<unknown>): BlobStore {
  const remove: BlobStore['delete'] = async (name, condition) => {
    await by();
    return store.delete(name, condition);
  };
  return { ...store, delete: remove };
}

test('undeleting a point that is collected at that moment fails: what is gone is never said to be back', async () => {
  const { store, vault, pointId, collect } = await lastDayOfGrace();
  const slow = { ...vault, store: overtaken(store, collect) };
  await expect(undeletePoint(slow, pointId)).rejects.toThrow('RecoveryPointGone');
  expect(await listPoints(vault)).toEqual([]);
});

test('undeleting a point that somebody else undeletes at that moment succeeds', async () => {
  const { store, vault, pointId } = await lastDayOfGrace();
  const slow = { ...vault, store: overtaken(store, () => undeletePoint(vault, pointId)) };
  await undeletePoint(slow, pointId);
  expect((await listPoints(vault)).map((point) => point.pointId)).toEqual([pointId]);
});

test('a purged point whose manifest is locked stays hidden: it does not come back without its content', async () => {
  const { vault, pointId, collect } = await lastDayOfGrace((name) => name.startsWith('points/'));
  await collect();
  expect(await listPoints(vault)).toEqual([]);
  await expect(undeletePoint(vault, pointId)).rejects.toThrow('RecoveryPointGone');
});
