import { memoryBlobStore } from '../../../src/storage/memory-blob-store';
import { planTransfer } from '../../../src/vault/transfer/plan-transfer';
import { transferPart } from '../../../src/vault/transfer/transfer-part';
import { openVault } from '../../../src/vault/vault';
import { backUp } from '../support/backups';
import { SimulatedDisk } from '../support/simulated-disk';

test('a plan of changed blocks is not carried out with allocated ones, which would keep what was cleared', async () => {
  const vault = await openVault(memoryBlobStore());
  const disk = new SimulatedDisk(1024 * 1024);
  disk.write(0, Buffer.alloc(8192, 1));
  const first = disk.snapshot();
  const point = await backUp(vault, [{ diskId: 'os', source: first.source() }]);

  disk.clear(0, 4096);
  const second = disk.snapshot();
  const base = { pointId: point.pointId, diskId: 'os' };
  await planTransfer(vault, { runId: 'run-2', diskId: 'os', source: second.source(first), base });
  const withoutBase = transferPart(vault, { runId: 'run-2', diskId: 'os', part: 0, source: second.source() });
  await expect(withoutBase).rejects.toThrow(/TransferNotPlanned/);
});
