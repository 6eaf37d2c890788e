import { type Azurite, startAzurite } from '../../../local/azurite/azurite';
import { connectBlobStore } from '../../../src/storage/azure-blob-store';
import { memoryBlobStore } from '../../../src/storage/memory-blob-store';
import { collectGarbage } from '../../../src/vault/garbage/collect-garbage';
import {
  deletePoint,
  holdPoint,
  listPoints,
  releasePoint,
  retainPoint,
  surveyDeleted,
  undeletePoint,
} from '../../../src/vault/points';
import { applyRetention } from '../../../src/vault/retention/apply-retention';
import { openVault, type Vault } from '../../../src/vault/vault';
import { backUp, restoreDisk } from '../support/backups';
import { SimulatedDisk } from '../support/simulated-disk';

const DAY = 24 * 3600 * 1000;
let azurite: Azurite;
beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(async () => azurite.stop());

/** Three points of one VM, all of one day by their snapshots unless `days` apart. */
async function threePoints(store = memoryBlobStore()) {
  const vault = await openVault(store);
  const disk = new SimulatedDisk(8192);
  const ids: string[] = [];
  for (const fill of [1, 2, 3]) {
    disk.write(0, Buffer.alloc(8192, fill));
    const source = disk.snapshot().source();
    ids.push((await backUp(vault, [{ diskId: 'os', source }], `vm.2030010${fill}t000000z`)).pointId);
  }
  return { vault, ids };
}
const idsOf = async (vault: Vault) => (await listPoints(vault)).map(({ pointId }) => pointId);

test('a held point is deleted by nobody, and goes as any other once it is let go', async () => {
  const { vault, ids } = await threePoints();
  const [first = ''] = ids;
  await holdPoint(vault, first, 'asked for by the auditors');
  await expect(deletePoint(vault, first, 'by hand')).rejects.toThrow('asked for by the auditors');
  const request = { vmKey: 'vm', rules: {} };
  const { keep } = await applyRetention(vault, request);
  expect(keep).toContainEqual({ pointId: first, reasons: ['held: asked for by the auditors'] });
  expect(await idsOf(vault)).toContain(first);
  await releasePoint(vault, first);
  expect((await applyRetention(vault, request)).expire).toEqual([first]);
});

test('a point of which nobody can read whether it is held counts as held, until somebody lets it go', async () => {
  const { vault, ids } = await threePoints();
  const [first = ''] = ids;
  await vault.store.put(`keeping/${first}.json`, Buffer.from('{"half'));
  await expect(deletePoint(vault, first, 'by hand')).rejects.toThrow('cannot be read');
  await releasePoint(vault, first);
  await deletePoint(vault, first, 'by hand');
  expect(await idsOf(vault)).not.toContain(first);
});

test('a point whose end is moved stays until then, counted against the newest; never to an earlier time', async () => {
  const { vault, ids } = await threePoints();
  const [first = ''] = ids;
  await retainPoint(vault, first, '2031-01-01T00:00:00.000Z');
  await expect(retainPoint(vault, first, '2030-06-01T00:00:00.000Z')).rejects.toThrow('RetentionNotLater');
  await applyRetention(vault, { vmKey: 'vm', rules: {} });
  expect(await idsOf(vault)).toContain(first);
});

test('a point that is held just as it is deleted is one or the other, never both', async () => {
  for (let turn = 0; turn < 10; turn += 1) {
    const { vault, ids } = await threePoints();
    const [first = ''] = ids;
    const [deleted, held] = await Promise.allSettled([
      deletePoint(vault, first, 'by hand'),
      holdPoint(vault, first, 'now'),
    ]);
    const listed = (await idsOf(vault)).includes(first);
    expect([deleted.status, held.status]).not.toEqual(['fulfilled', 'fulfilled']);
    if (held.status === 'fulfilled') expect(listed).toBe(true);
    if (deleted.status === 'fulfilled') expect(listed).toBe(false);
  }
});

test('collection takes no point that is held, whatever its tombstone says', async () => {
  let now = Date.parse('2030-01-01T00:00:00Z');
  const { vault, ids } = await threePoints(memoryBlobStore({ now: () => new Date(now) }));
  const [first = ''] = ids;
  await deletePoint(vault, first, 'by hand');
  // As somebody who holds it and is killed before he looks whether it was deleted meanwhile.
  const hold = { pointId: first, hold: { reason: 'late', since: '2030-01-01T00:00:00.000Z' } };
  await vault.store.put(`keeping/${first}.json`, Buffer.from(JSON.stringify(hold)));
  now += 60 * DAY;
  expect(await collectGarbage(vault)).toMatchObject({ purgedPoints: 0, waitingPoints: 1 });
  await undeletePoint(vault, first);
  expect(await restoreDisk(vault, first, 'os')).toEqual(Buffer.alloc(8192, 1));

  await releasePoint(vault, first);
  await deletePoint(vault, first, 'by hand');
  now += 60 * DAY;
  expect(await collectGarbage(vault)).toMatchObject({ purgedPoints: 1 });
});

test('of many who undelete a point at once in real storage, each hears that it is back', async () => {
  const { vault, ids } = await threePoints(
    connectBlobStore({ connectionString: azurite.connectionString }, 'undelete'),
  );
  const [first = ''] = ids;
  for (let turn = 0; turn < 5; turn += 1) {
    await deletePoint(vault, first, 'by hand');
    expect(await surveyDeleted(vault, 'vm')).toMatchObject([{ tombstone: { by: 'api', reason: 'by hand' } }]);
    const callers = await Promise.allSettled(Array.from({ length: 6 }, () => undeletePoint(vault, first)));
    expect(callers.map(({ status }) => status)).toEqual(Array(6).fill('fulfilled'));
    expect(await idsOf(vault)).toContain(first);
  }
  expect(await restoreDisk(vault, first, 'os')).toEqual(Buffer.alloc(8192, 1));
});
