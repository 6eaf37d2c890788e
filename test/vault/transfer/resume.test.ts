import { randomBytes } from 'node:crypto';
import { memoryBlobStore } from '../../../src/storage/memory-blob-store';
import { collectGarbage } from '../../../src/vault/garbage/collect-garbage';
import { commitPoint, listPoints, readPoint } from '../../../src/vault/points';
import { completeDisk } from '../../../src/vault/transfer/complete-disk';
import { planTransfer } from '../../../src/vault/transfer/plan-transfer';
import { transferPart } from '../../../src/vault/transfer/transfer-part';
import { openVault } from '../../../src/vault/vault';
import { backUp, draftOf, nextPointId, restoreDisk, transferDisk } from '../support/backups';
import { mortalStore, ProcessKilled } from '../support/failing-store';
import { SimulatedDisk } from '../support/simulated-disk';

const MiB = 1024 * 1024;

function changedDisk() {
  const disk = new SimulatedDisk(9 * MiB);
  disk.write(0, Buffer.alloc(640 * 1024, 'the first version'));
  const first = disk.snapshot();
  disk.write(4 * MiB, randomBytes(640 * 1024));
  disk.write(64 * 1024, randomBytes(12_288));
  disk.clear(128 * 1024, 4096);
  return { first, second: disk.snapshot() };
}

test('a process killed at any request loses no point, lists nothing half done, and can go on', async () => {
  const { first, second } = changedDisk();
  for (const tracked of [true, false]) {
    for (let lastRequest = 0, finished = false; !finished; lastRequest += 1) {
      const store = memoryBlobStore();
      const vault = await openVault(store);
      const base = await backUp(vault, [{ diskId: 'os', source: first.source() }]);
      const disk = { diskId: 'os', source: second.source(tracked ? first : undefined), base: base.pointId };
      const pointId = nextPointId();
      const attempt = async (through: typeof store) => {
        const doomed = { ...vault, store: through };
        const summary = await transferDisk(doomed, 'run-1', disk);
        return commitPoint(doomed, draftOf(pointId, 'run-1', [summary]));
      };

      const committed = await attempt(mortalStore(store, lastRequest).store).catch((error: unknown) => {
        expect(error).toBeInstanceOf(ProcessKilled);
        return undefined;
      });
      finished = committed !== undefined;
      expect((await restoreDisk(vault, base.pointId, 'os')).equals(first.bytes())).toBe(true);
      const point = await attempt(store);
      expect(await listPoints(vault)).toHaveLength(2);
      expect((await restoreDisk(vault, point.pointId, 'os')).equals(second.bytes())).toBe(true);
      if (lastRequest > 200) throw new Error('a small backup takes too many requests');
    }
  }
});

test('an activity that runs twice, even at the same time, counts once and gives the same point', async () => {
  const { second } = changedDisk();
  const vault = await openVault(memoryBlobStore());
  const source = second.source();
  const run = { runId: 'run-1', diskId: 'os' };
  const plans = await Promise.all([0, 1].map(() => planTransfer(vault, { ...run, source })));
  expect(plans[0]).toEqual(plans[1]);
  const parts = await Promise.all([0, 1, 2].map(() => transferPart(vault, { ...run, part: 0, source })));
  expect(parts[1]).toEqual(parts[0]);
  expect(await transferPart(vault, { ...run, part: 0, source })).toEqual(parts[0]);
  const summaries = [await completeDisk(vault, run), await completeDisk(vault, run)];
  expect({ ...summaries[1], counts: 0 }).toEqual({ ...summaries[0], counts: 0 });
  const draft = draftOf(nextPointId(), 'run-1', [summaries[0]!]);
  const points = await Promise.all([0, 1].map(() => commitPoint(vault, draft)));
  expect(points[1]).toEqual(points[0]);
  expect(await commitPoint(vault, draft)).toEqual(points[0]);
  await expect(commitPoint(vault, { ...draft, runId: 'run-2' })).rejects.toThrow('RecoveryPointExists');
});

test('a part that died goes on after its last checkpoint and sends no chunk twice', async () => {
  const disk = new SimulatedDisk(4096 * MiB);
  for (let gib = 0; gib < 4; gib += 1) {
    for (let chunk = 0; chunk < 250; chunk += 50)
      disk.write((gib * 1024 + chunk * 4) * MiB, Buffer.alloc(MiB, gib * 9 + 1 + chunk));
  }
  const snapshot = disk.snapshot();
  const source = snapshot.source();
  const store = memoryBlobStore();
  const vault = await openVault(store);
  const run = { runId: 'run-1', diskId: 'os' };
  await planTransfer(vault, { ...run, source });
  const whole = mortalStore(store);
  await transferPart({ ...vault, store: whole.store }, { ...run, part: 0, source, checkpointBytes: 4 * MiB });

  const again = memoryBlobStore();
  const other = await openVault(again);
  await planTransfer(other, { ...run, source });
  const doomed = mortalStore(again, Math.floor(whole.requests() * 0.8));
  await expect(
    transferPart({ ...other, store: doomed.store }, { ...run, part: 0, source, checkpointBytes: 4 * MiB }),
  ).rejects.toThrow(ProcessKilled);
  const readBefore = snapshot.readBytes;
  const second = mortalStore(again);
  const summary = await transferPart(
    { ...other, store: second.store },
    { ...run, part: 0, source, checkpointBytes: 4 * MiB },
  );
  expect(snapshot.readBytes - readBefore).toBeLessThanOrEqual(15 * MiB);
  const chunks = (names: string[]) => names.filter((name) => name.startsWith('chunks/'));
  expect(new Set([...chunks(doomed.writes), ...chunks(second.writes)]).size).toBe(
    chunks(doomed.writes).length + chunks(second.writes).length,
  );
  expect(summary.counts.newChunks + summary.counts.reusedChunks).toBe(20);
  expect(summary.counts.readBytes).toBe(20 * MiB);
  await completeDisk(other, run);
});

test('aborting stops soon, and nothing that was started is still running when the error arrives', async () => {
  const disk = new SimulatedDisk(80 * MiB);
  for (let chunk = 0; chunk < 20; chunk += 1) disk.write(chunk * 4 * MiB, randomBytes(4 * MiB));
  const snapshot = disk.snapshot();
  const vault = await openVault(memoryBlobStore());
  const stop = new AbortController();
  let running = 0;
  const inner = snapshot.source();
  const source = {
    ...inner,
    read: async (...args: Parameters<typeof inner.read>) => {
      running += 1;
      try {
        await new Promise((resolve) => setImmediate(resolve));
        return await inner.read(...args);
      } finally {
        running -= 1;
      }
    },
  };
  const run = { runId: 'run-1', diskId: 'os' };
  await planTransfer(vault, { ...run, source });
  const onProgress = ({ readBytes }: { readBytes: number }) => readBytes > 12 * MiB && stop.abort();
  const part = transferPart(vault, { ...run, part: 0, source, onProgress, signal: stop.signal });
  await expect(part).rejects.toThrow('abort');
  expect(running).toBe(0);
  expect(snapshot.readBytes).toBeLessThan(60 * MiB);
  await expect(completeDisk(vault, run)).rejects.toThrow('TransferIncomplete');
});

test('a run older than garbage collection waits may not commit, and a new one may', async () => {
  let now = new Date('2030-01-01T00:00:00Z');
  const vault = await openVault(memoryBlobStore({ now: () => now }));
  const { first } = changedDisk();
  const summary = await transferDisk(vault, 'run-1', { diskId: 'os', source: first.source() });
  now = new Date('2030-01-04T00:00:01Z');
  const draft = draftOf(nextPointId(), 'run-1', [summary]);
  await expect(commitPoint(vault, draft)).rejects.toThrow('RunTooOld');
  now = new Date('2030-02-01T00:00:00Z');
  await collectGarbage(vault);
  await expect(commitPoint(vault, draft)).rejects.toThrow('TransferNotPlanned');
  await expect(readPoint(vault, draft.pointId)).rejects.toThrow('RecoveryPointNotFound');
  const again = await transferDisk(vault, 'run-2', { diskId: 'os', source: first.source() });
  const { pointId } = await commitPoint(vault, draftOf(nextPointId(), 'run-2', [again]));
  expect((await readPoint(vault, pointId)).pointId).toBe(pointId);
});
