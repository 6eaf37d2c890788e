import { memoryBlobStore } from '../../../src/storage/memory-blob-store';
import { addDamage, type Damage } from '../../../src/vault/damage/damage';
import { foundDamage, keepDamage } from '../../../src/vault/damage/kept-damage';
import { collectGarbage } from '../../../src/vault/garbage/collect-garbage';
import { deletePoint } from '../../../src/vault/points';
import { openVault, type Vault } from '../../../src/vault/vault';
import { backUp } from '../support/backups';
import { SimulatedDisk } from '../support/simulated-disk';

const JOB = { pointId: 'vm-1.20300101t000001z', jobId: 'verify-1' };
const at = (offset: number, lost = true): Damage => ({
  offset,
  length: 512,
  object: `chunks/${offset}`,
  code: 'VaultObjectMissing',
  lost,
});

async function found(vault: Vault, how: object = {}) {
  const all = [];
  for await (const one of foundDamage(vault, { ...JOB, ...how })) all.push(one);
  return all;
}

async function threeDisks() {
  const vault = await openVault(memoryBlobStore());
  for (const diskId of ['os', 'lun-10', 'lun-2'])
    for (const part of [0, 3])
      await keepDamage(vault, { ...JOB, diskId, part }, [at(part * 1e6), at(part * 1e6 + 4096)]);
  return vault;
}

test('every run is listed disk by disk and in the order of the disk, and a list goes on after any place in it', async () => {
  const vault = await threeDisks();
  const all = await found(vault);
  expect(all.map(({ diskId, offset }) => `${diskId} ${offset}`)).toEqual(
    ['lun-10', 'lun-2', 'os'].flatMap((disk) =>
      [0, 4096, 3e6, 3e6 + 4096].map((offset) => `${disk} ${offset}`),
    ),
  );
  for (const [index, { place }] of all.entries())
    expect(await found(vault, { after: place })).toEqual(all.slice(index + 1));
  expect(await found(vault, { diskId: 'lun-2' })).toEqual(all.slice(4, 8));
});

test('a part that is read again tells what is true then', async () => {
  const vault = await threeDisks();
  await keepDamage(vault, { ...JOB, diskId: 'os', part: 3 }, []);
  await keepDamage(vault, { ...JOB, diskId: 'os', part: 0 }, [at(4096)]);
  expect((await found(vault, { diskId: 'os' })).map(({ offset }) => offset)).toEqual([4096]);
});

test('what was found of a point goes with the point', async () => {
  let now = new Date('2030-01-01T00:00:00Z');
  const vault = await openVault(memoryBlobStore({ now: () => now }));
  const disk = new SimulatedDisk(4096);
  const { pointId } = await backUp(vault, [{ diskId: 'os', source: disk.snapshot().source() }]);
  await keepDamage(vault, { ...JOB, pointId, diskId: 'os', part: 0 }, [at(0)]);
  await deletePoint(vault, pointId, 'test');
  now = new Date('2030-03-01T00:00:00Z');
  await collectGarbage(vault);
  for await (const { name } of vault.store.list('')) expect(name).toBe('vault.json');
});

test('neighbours with one cause are one run, also where digests are told between them', () => {
  const damage: Damage[] = [];
  const object = 'segments/a';
  for (const one of [at(0), { ...at(0, false), length: 99 }, at(512), at(2048)])
    addDamage(damage, { ...one, object });
  expect(damage.map(({ offset, length, lost }) => [offset, length, lost])).toEqual([
    [0, 1024, true],
    [0, 99, false],
    [2048, 512, true],
  ]);
});
