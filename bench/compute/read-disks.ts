/**
 * How fast a disk is read, and what it costs each side: the range reader of `src/compute` against the storage
 * SDK, both from the compute emulator in a process of its own. Usage: `node dist/bench/compute/read-disks.js
 * [GiB] [reads at once]`.
 */
import { randomFillSync } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AnonymousCredential, PageBlobClient } from '@azure/storage-blob';
import { linkTo } from '../../src/compute/disks/disk-access';
import { openDiskSource } from '../../src/compute/disks/disk-source';
import { type EmulatedAzure, startEmulatedAzure } from '../support/emulated-azure';
import { inWorkFolder } from '../support/work-folder';
import { cpuSeconds } from './cpu-seconds';

const MIB = 2 ** 20;
const READ_BYTES = 4 * MIB;
const [gib = 2, atOnce = 8] = process.argv.slice(2).map(Number);
const diskBytes = gib * 1024 * MIB;

type Read = (offset: number) => Promise<unknown>;

async function main(folder: string): Promise<void> {
  const image = join(folder, 'disk.img');
  fillImage(image);
  const azure = await startEmulatedAzure(folder, [{ name: 'vm', disks: [{ lun: -1, image }] }]);
  const { compute } = azure;
  try {
    const [disk] = (await azure.snapshot('vm', 'bench')).disks;
    const sourceId = disk?.sourceId ?? '';
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
        const figures = await measure(azure, read);
        if (round === 'measured') console.log(`${name.padEnd(32)} ${figures}`);
      }
    }
  } finally {
    await azure.stop();
  }
}

function fillImage(image: string): void {
  const file = openSync(image, 'w');
  const block = randomFillSync(Buffer.alloc(64 * MIB));
  for (let at = 0; at < diskBytes; at += block.length) writeSync(file, block);
  closeSync(file);
}

async function measure(azure: EmulatedAzure, read: Read): Promise<string> {
  const startedAt = performance.now();
  const before = cpuSeconds(azure.pid);
  let next = 0;
  const worker = async () => {
    for (let at = next; at < diskBytes; at = next) {
      next += READ_BYTES;
      await read(at);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  const seconds = (performance.now() - startedAt) / 1000;
  const after = cpuSeconds(azure.pid);
  const perGib = (side: keyof typeof after) => ((after[side] - before[side]) / gib).toFixed(2);
  return (
    `${(diskBytes / MIB / seconds).toFixed(0)} MiB/s; processor time per GiB: ` +
    `emulator ${perGib('emulator')} s, reader ${perGib('own')} s`
  );
}

void inWorkFolder(tmpdir(), main);
