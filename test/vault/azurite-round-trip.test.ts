import { randomBytes } from 'node:crypto';
import { type Azurite, startAzurite } from '../../local/azurite/azurite';
import { connectBlobStore } from '../../src/storage/azure-blob-store';
import { listPoints } from '../../src/vault/points';
import { openVault } from '../../src/vault/vault';
import { backUp, restoreDisk } from './support/backups';
import { SimulatedDisk } from './support/simulated-disk';

const MiB = 1024 * 1024;
let azurite: Azurite;
beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(async () => azurite.stop());

test('backups into the real storage emulator restore to the exact bytes of their snapshots', async () => {
  const vault = await openVault(
    connectBlobStore({ connectionString: azurite.connectionString }, 'round-trip'),
  );
  const os = new SimulatedDisk(20 * MiB);
  const data = new SimulatedDisk(9 * MiB);
  os.write(0, randomBytes(10 * MiB));
  data.write(4 * MiB, randomBytes(MiB));
  const before = { os: os.snapshot(), data: data.snapshot() };
  const first = await backUp(vault, [
    { diskId: 'os', source: before.os.source() },
    { diskId: 'lun-0', source: before.data.source() },
  ]);

  for (let k = 0; k < 30; k += 1) os.write(k * 300 * 1024, randomBytes(4096));
  data.clear(4 * MiB, 512 * 1024);
  const after = { os: os.snapshot(), data: data.snapshot() };
  const tracked = await backUp(vault, [
    { diskId: 'os', source: after.os.source(before.os), base: first.pointId },
    { diskId: 'lun-0', source: after.data.source(before.data), base: first.pointId },
  ]);
  const compared = await backUp(vault, [
    { diskId: 'os', source: after.os.source(), base: first.pointId },
    { diskId: 'lun-0', source: after.data.source(), base: first.pointId },
  ]);

  expect((await listPoints(vault, 'vm-1')).map(({ pointId }) => pointId)).toEqual(
    [first, tracked, compared].map(({ pointId }) => pointId),
  );
  for (const [point, snapshots] of [
    [first, before],
    [tracked, after],
    [compared, after],
  ] as const) {
    expect((await restoreDisk(vault, point.pointId, 'os')).equals(snapshots.os.bytes())).toBe(true);
    expect((await restoreDisk(vault, point.pointId, 'lun-0')).equals(snapshots.data.bytes())).toBe(true);
  }
});
