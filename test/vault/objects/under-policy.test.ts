import { randomBytes } from 'node:crypto';
import { memoryBlobStore } from '../../../src/storage/memory-blob-store';
import { openVault } from '../../../src/vault/vault';
import { backUp, restoreDisk } from '../support/backups';
import { SimulatedDisk } from '../support/simulated-disk';

const MIB = 1024 * 1024;
const DAY_MS = 86_400_000;

/**
 * A vault in which a policy keeps everything as it was written, and a disk in it that was backed up long
 * enough ago to be old.
 */
async function oldPoint() {
  let now = Date.parse('2030-01-01T00:00:00Z');
  const store = memoryBlobStore({ now: () => new Date(now), locked: () => true });
  const vault = await openVault(store);
  const disk = new SimulatedDisk(16 * MIB);
  disk.write(0, randomBytes(MIB));
  const snapshot = disk.snapshot();
  const { pointId } = await backUp(vault, [{ diskId: 'os', source: snapshot.source() }]);
  now += 1.5 * DAY_MS;
  return { vault, disk, snapshot, pointId };
}

describe('under a policy that lets nobody change what is there', () => {
  test.each(['changed blocks', 'all data read'])('an unchanged disk is backed up again: %s', async (mode) => {
    const { vault, disk, snapshot, pointId } = await oldPoint();
    const next = disk.snapshot();
    const source = next.source(mode === 'changed blocks' ? snapshot : undefined);
    const point = await backUp(vault, [{ diskId: 'os', source, base: pointId }]);
    expect((await restoreDisk(vault, point.pointId, 'os')).equals(next.bytes())).toBe(true);
  });

  test.each(['changed blocks', 'all data read'])('what changed since is added: %s', async (mode) => {
    const { vault, disk, snapshot, pointId } = await oldPoint();
    disk.write(8192, randomBytes(4096));
    disk.write(9 * MIB, randomBytes(4096));
    const next = disk.snapshot();
    const source = next.source(mode === 'changed blocks' ? snapshot : undefined);
    const point = await backUp(vault, [{ diskId: 'os', source, base: pointId }]);
    expect((await restoreDisk(vault, point.pointId, 'os')).equals(next.bytes())).toBe(true);
  });
});
