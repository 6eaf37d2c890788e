import { randomBytes } from 'node:crypto';
import { openDiskSource } from '../../src/compute/disks/disk-source';
import { openDiskTarget } from '../../src/compute/disks/disk-target';
import { connectBlobStore } from '../../src/storage/azure-blob-store';
import { threadedCodec } from '../../src/vault/codec/threaded-codec';
import { commitPoint } from '../../src/vault/points';
import { openDiskImage } from '../../src/vault/restore/disk-image';
import { planRestore } from '../../src/vault/restore/plan-restore';
import { restorePart } from '../../src/vault/restore/restore-part';
import { completeDisk, type DiskSummary } from '../../src/vault/transfer/complete-disk';
import { planTransfer } from '../../src/vault/transfer/plan-transfer';
import { transferPart } from '../../src/vault/transfer/transfer-part';
import { openVault } from '../../src/vault/vault';
import { verifyPart, verifyParts } from '../../src/vault/verify';
import { connectEmulated } from '../support/emulated-azure';

/** Where the data path finds its storage and its emulated Azure. */
export interface Surroundings {
  connectionString: string;
  container: string;
  emulatorUrl: string;
  subscriptionId: string;
}

/** What the data path does in one process. */
export type DataPathTask = Surroundings &
  (
    | { do: 'back up'; vmKey: string; sourceId: string; baseSourceId?: string; basePointId?: string }
    | { do: 'restore'; pointId: string; diskResourceId: string; sizeBytes: number }
    | { do: 'verify'; pointId: string }
  );

/** What it came to; `spans` are seconds of the phases, in their order. */
export interface DataPathResult {
  seconds: number;
  spans: Record<string, number>;
  pointId?: string;
  summary?: DiskSummary;
}

const DISK_ID = 'os';

/** Runs the functions that the activities call, one after the other, without an orchestrator. */
export function runDataPath(task: DataPathTask): Promise<DataPathResult> {
  switch (task.do) {
    case 'back up':
      return backUp(task);
    case 'restore':
      return restore(task);
    case 'verify':
      return verify(task);
  }
}

async function backUp(task: DataPathTask & { do: 'back up' }): Promise<DataPathResult> {
  const { vault, compute } = await connect(task);
  const { span, spans, total } = stopwatch();
  const runId = `bench-${randomBytes(6).toString('hex')}`;
  const diskId = DISK_ID;
  const { sourceId, baseSourceId, basePointId, vmKey } = task;
  const source = await span('open the disk', openDiskSource(compute, { sourceId, baseSourceId }));
  const base = basePointId ? { pointId: basePointId, diskId } : undefined;
  const plan = await span('plan', planTransfer(vault, { runId, diskId, source, base }));
  for (let part = 0; part < plan.parts; part += 1) {
    await span('transfer', transferPart(vault, { runId, diskId, part, source }));
  }
  const summary = await span('complete', completeDisk(vault, { runId, diskId }));
  const now = new Date().toISOString();
  const stamp = now
    .replace(/\.\d+Z$/, 'z')
    .replace(/[-:]/g, '')
    .toLowerCase();
  const { pointId } = await span(
    'commit',
    commitPoint(vault, {
      pointId: `${vmKey}.${stamp}-${randomBytes(4).toString('hex')}`,
      vmKey,
      runId,
      snapshotTime: now,
      consistency: { reached: 'crash', asked: 'crash' },
      vm: {},
      disks: [{ ...summary, lun: -1, name: vmKey }],
    }),
  );
  compute.dataPlane.close();
  return { seconds: total(), spans, pointId, summary };
}

async function restore(task: DataPathTask & { do: 'restore' }): Promise<DataPathResult> {
  const { vault, compute } = await connect(task);
  const { span, spans, total } = stopwatch();
  const { pointId, diskResourceId, sizeBytes } = task;
  const image = await span('open the point', openDiskImage(vault, pointId, DISK_ID));
  const target = await span('open the disk', openDiskTarget(compute, { diskResourceId, sizeBytes }));
  const { parts } = await span('plan', planRestore(image));
  for (let part = 0; part < parts; part += 1) await span('restore', restorePart(image, target, part));
  await span('finish', target.finish());
  compute.dataPlane.close();
  return { seconds: total(), spans };
}

async function verify(task: DataPathTask & { do: 'verify' }): Promise<DataPathResult> {
  const { vault, compute } = await connect(task);
  const { span, spans, total } = stopwatch();
  const image = await span('open the point', openDiskImage(vault, task.pointId, DISK_ID));
  for (let part = 0; part < verifyParts(image); part += 1) {
    const { damage } = await span('verify', verifyPart(vault, image, part));
    if (damage.length > 0) throw new Error(`The point is damaged: ${JSON.stringify(damage)}`);
  }
  compute.dataPlane.close();
  return { seconds: total(), spans };
}

async function connect({ connectionString, container, emulatorUrl, subscriptionId }: Surroundings) {
  const vault = await openVault(connectBlobStore({ connectionString }, container), {
    codec: threadedCodec(),
  });
  return { vault, compute: connectEmulated(emulatorUrl, subscriptionId) };
}

function stopwatch() {
  const begun = performance.now();
  const secondsSince = (start: number) => (performance.now() - start) / 1000;
  const spans: Record<string, number> = {};
  return {
    spans,
    total: () => secondsSince(begun),
    async span<T>(name: string, work: Promise<T>): Promise<T> {
      const start = performance.now();
      const result = await work;
      spans[name] = (spans[name] ?? 0) + secondsSince(start);
      return result;
    },
  };
}
