/**
 * How fast a disk is read, and what it costs: the range reader of `src/compute` against the storage SDK, both from the
 * compute emulator in a process of its own. Usage: `node dist/bench/compute/read-disks.js [GiB] [reads at once]`.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AnonymousCredential, PageBlobClient } from '@azure/storage-blob';
import { type Compute, connectCompute } from '../../src/compute/connection';
import { linkTo } from '../../src/compute/disk-access';
import { openDiskSource } from '../../src/compute/disk-source';
import { type TakeSnapshotInput, takeSnapshot } from '../../src/compute/take-snapshot';

const MIB = 2 ** 20;
const READ_BYTES = 4 * MIB;
const [gib = 2, atOnce = 8] = process.argv.slice(2).map(Number);
const diskBytes = gib * 1024 * MIB;

type Read = (offset: number) => Promise<unknown>;

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-compute-'));
  const { emulator, url, subscriptionId } = await startEmulator(folder);
  try {
    const compute = connectCompute({
      endpoint: url,
      allowInsecureLoopback: true,
      subscriptions: [subscriptionId],
    });
    const sourceId = await snapshotDisk(compute, subscriptionId);
    const source = await openDiskSource(compute, { sourceId });
    const blob = new PageBlobClient(
      await linkTo(compute, { sourceId, access: 'Read' }),
      new AnonymousCredential(),
    );
    const ways: [string, Read][] = [
      ['storage SDK, downloadToBuffer', (offset) => blob.downloadToBuffer(offset, READ_BYTES)],
      ['range reader', (offset) => source.read(offset, Buffer.allocUnsafeSlow(READ_BYTES))],
    ];
    for (const round of ['warm-up', 'measured']) {
      for (const [name, read] of ways) {
        const figures = await measure(read);
        if (round === 'measured') console.log(`${name.padEnd(32)} ${figures}`);
      }
    }
  } finally {
    emulator.disconnect();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(read: Read): Promise<string> {
  const startedAt = performance.now();
  const cpu = process.cpuUsage();
  let next = 0;
  const worker = async () => {
    for (let at = next; at < diskBytes; at = next) {
      next += READ_BYTES;
      await read(at);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  const seconds = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const cpuPerGib = (user + system) / 1e6 / gib;
  return `${(diskBytes / MIB / seconds).toFixed(0)} MiB/s, ${cpuPerGib.toFixed(2)} s of processor time per GiB`;
}

async function startEmulator(folder: string) {
  const image = join(folder, 'disk.img');
  const file = openSync(image, 'w');
  const block = randomFillSync(Buffer.alloc(64 * MIB));
  for (let at = 0; at < diskBytes; at += block.length) writeSync(file, block);
  closeSync(file);
  const fleet = join(folder, 'fleet.json');
  writeFileSync(fleet, JSON.stringify({ vms: [{ name: 'vm', os: 'Linux', disks: [{ lun: -1, image }] }] }));
  const main = join(__dirname, '../../local/compute-emulator/main.js');
  const emulator: ChildProcess = fork(main, ['--state', join(folder, 'state'), '--fleet', fleet], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ready = await new Promise<{ url: string; subscriptionId: string }>((resolve) =>
    emulator.once('message', resolve as never),
  );
  return { emulator, ...ready };
}

async function snapshotDisk(compute: Compute, subscriptionId: string): Promise<string> {
  const input: TakeSnapshotInput = {
    ref: { subscriptionId, resourceGroup: 'fleet', name: 'vm' },
    jobId: 'bench',
    os: 'Linux',
    running: true,
    consistency: 'crash',
    fallbackAllowed: true,
  };
  let operation = await takeSnapshot(compute, input);
  while (!operation.done) operation = await takeSnapshot(compute, input, operation.token);
  const [disk] = operation.result.disks;
  if (!disk) throw new Error('The snapshot has no disks.');
  return disk.sourceId;
}

void main();
