import { memoryBlobStore } from '../../../src/storage/memory-blob-store';
import { completeDisk } from '../../../src/vault/transfer/complete-disk';
import { planTransfer } from '../../../src/vault/transfer/plan-transfer';
import { transferPart } from '../../../src/vault/transfer/transfer-part';
import { openVault } from '../../../src/vault/vault';
import { backUp } from '../support/backups';
import { SimulatedDisk } from '../support/simulated-disk';

const MiB = 1024 * 1024;

async function twoSnapshots() {
  const vault = await openVault(memoryBlobStore());
  const disk = new SimulatedDisk(5 * MiB);
  disk.write(0, Buffer.alloc(4096, 1));
  const first = disk.snapshot();
  disk.write(0, Buffer.alloc(4096, 2));
  return { vault, first, second: disk.snapshot() };
}

test('a run goes on with the snapshot it was planned for, and with no other', async () => {
  const { vault, first, second } = await twoSnapshots();
  const run = { runId: 'run-1', diskId: 'os' };
  const one = { ...run, source: first.source(), sourceId: 'snapshot-1' };
  const plan = await planTransfer(vault, one);
  expect(await planTransfer(vault, one)).toEqual(plan);
  const summary = await transferPart(vault, { ...one, part: 0 });
  expect(await transferPart(vault, { ...one, part: 0 })).toEqual(summary);

  for (const other of [
    { sourceId: 'snapshot-2' },
    { sourceId: 'snapshot-1', baseSourceId: 'snapshot-0' },
    {},
  ]) {
    const two = { ...run, source: second.source(), ...other };
    await expect(planTransfer(vault, two)).rejects.toThrow('TransferNotPlanned');
    await expect(transferPart(vault, { ...two, part: 0 })).rejects.toThrow('TransferNotPlanned');
  }
});

test('of two snapshots that are planned for one run at the same time, one is refused', async () => {
  const { vault, first, second } = await twoSnapshots();
  const plans = await Promise.allSettled(
    [first, second].map((snapshot, at) =>
      planTransfer(vault, { runId: 'run-1', diskId: 'os', source: snapshot.source(), sourceId: `s-${at}` }),
    ),
  );
  expect(plans.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
});

test('the reason why changes could not be had is kept, also for who asks for the plan again', async () => {
  const { vault, first, second } = await twoSnapshots();
  const base = await backUp(vault, [{ diskId: 'os', source: first.source() }]);
  const run = { runId: 'run-2', diskId: 'os', source: second.source() };
  const request = { ...run, base: { pointId: base.pointId, diskId: 'os' } };
  await planTransfer(vault, { ...request, untrackedReason: 'the base snapshot is gone' });
  expect((await planTransfer(vault, request)).modeReason).toBe('the base snapshot is gone');
  await transferPart(vault, { ...run, part: 0 });
  expect((await completeDisk(vault, run)).modeReason).toBe('the base snapshot is gone');
});
