import type { DiskSource } from '../../../src/disks/ports';
import { backupError } from '../../../src/failures/failure';
import { memoryBlobStore } from '../../../src/storage/memory-blob-store';
import { commitPoint } from '../../../src/vault/points';
import { completeDisk } from '../../../src/vault/transfer/complete-disk';
import { planTransfer } from '../../../src/vault/transfer/plan-transfer';
import { transferPart } from '../../../src/vault/transfer/transfer-part';
import { openVault } from '../../../src/vault/vault';
import { backUp, draftOf, nextPointId, restoreDisk } from '../support/backups';
import { SimulatedDisk } from '../support/simulated-disk';

const MiB = 1024 * 1024;
const GiB = 1024 * MiB;

test('when tracking ends after planning, the part is compared instead: the point has every byte and says why', async () => {
  const vault = await openVault(memoryBlobStore());
  const disk = new SimulatedDisk(GiB + 64 * MiB);
  for (const at of [0, 4 * MiB, GiB]) disk.write(at, Buffer.alloc(64 * 1024, 1 + at / MiB));
  const first = disk.snapshot();
  const base = await backUp(vault, [{ diskId: 'os', source: first.source() }]);

  disk.write(8192, Buffer.alloc(4096, 9));
  disk.clear(4 * MiB, 64 * 1024);
  disk.write(GiB + 16 * MiB, Buffer.alloc(4096, 8));
  const second = disk.snapshot();
  const tracked = second.source(first);
  const run = { runId: 'run-2', diskId: 'os' };
  await planTransfer(vault, { ...run, source: tracked, base: { pointId: base.pointId, diskId: 'os' } });

  const changedRanges: DiskSource['changedRanges'] = async () => {
    throw backupError('ChangedBlocksUnavailable', 'the base snapshot is gone');
  };
  await transferPart(vault, { ...run, part: 0, source: { ...tracked, changedRanges } });
  const summary = await completeDisk(vault, run);
  expect(summary.modeReason).toContain('the base snapshot is gone');

  const { pointId } = await commitPoint(vault, draftOf(nextPointId(), 'run-2', [summary]));
  const restored = await restoreDisk(vault, pointId, 'os');
  expect(restored.equals(second.bytes())).toBe(true);
});
