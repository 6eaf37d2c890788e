import { memoryBlobStore } from '../../../src/storage/memory-blob-store';
import { collectGarbage } from '../../../src/vault/garbage/collect-garbage';
import { deletePoint, readPoint, readPointInUse } from '../../../src/vault/points';
import { openVault } from '../../../src/vault/vault';
import { backUp, restoreDisk } from '../support/backups';
import { SimulatedDisk } from '../support/simulated-disk';

const DAY = 24 * 3600 * 1000;

test('a point deleted while a job reads it stays readable for the grace period, though it is listed no more', async () => {
  let now = Date.parse('2030-01-01T00:00:00Z');
  const vault = await openVault(memoryBlobStore({ now: () => new Date(now) }));
  const disk = new SimulatedDisk(4096);
  disk.write(0, Buffer.alloc(4096, 7));
  const source = disk.snapshot();
  const { pointId } = await backUp(vault, [{ diskId: 'os', source: source.source() }]);
  await deletePoint(vault, pointId, 'by hand');
  now += 13 * DAY;
  await collectGarbage(vault);

  await expect(readPoint(vault, pointId)).rejects.toThrow('RecoveryPointNotFound');
  expect(await readPointInUse(vault, pointId)).toMatchObject({ pointId });
  expect((await restoreDisk(vault, pointId, 'os')).equals(source.bytes())).toBe(true);

  now += 3 * DAY;
  await collectGarbage(vault);
  await expect(restoreDisk(vault, pointId, 'os')).rejects.toThrow('RecoveryPointNotFound');
});
