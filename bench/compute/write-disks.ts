/**
 * How fast a disk is uploaded, and what it costs each side: pages of up to 4 MiB as a restore writes them,
 * from this process to the compute emulator in one of its own. Usage: `node dist/bench/compute/write-disks.js
 * [GiB] [writes at once] [rounds] [KiB a write]`.
 */
import { randomFillSync } from 'node:crypto';
import { tmpdir } from 'node:os';
import { openDiskTarget } from '../../src/compute/disks/disk-target';
import { createRestoreDisk } from '../../src/compute/restore/restore-disk';
import { completed, type EmulatedAzure, startEmulatedAzure } from '../support/emulated-azure';
import { inWorkFolder } from '../support/work-folder';
import { cpuSeconds } from './cpu-seconds';

const MIB = 2 ** 20;
const [gib = 1, atOnce = 6, rounds = 4, writeKib = 4096] = process.argv.slice(2).map(Number);
const writeBytes = writeKib * 1024;
const sizeBytes = gib * 1024 * MIB;
const bytes = randomFillSync(Buffer.alloc(writeBytes));

/**
 * Every disk is deleted before the next one is made, so that from the second round on the file cache reuses
 * memory: on a virtual machine, memory that is touched for the first time costs more than all the rest.
 */
async function main(folder: string): Promise<void> {
  const azure = await startEmulatedAzure(folder, []);
  try {
    for (let round = 0; round < rounds; round += 1) {
      const name = `disk-${round}`;
      const target = await uploadedDisk(azure, name);
      const before = cpuSeconds(azure.pid);
      const startedAt = performance.now();
      let next = 0;
      const worker = async () => {
        for (let at = next; at < sizeBytes; at = next) {
          next += writeBytes;
          await target.write(at, bytes);
        }
      };
      await Promise.all(Array.from({ length: atOnce }, worker));
      const seconds = (performance.now() - startedAt) / 1000;
      const after = cpuSeconds(azure.pid);
      const perGib = (side: keyof typeof after) => ((after[side] - before[side]) / gib).toFixed(2);
      console.log(
        `round ${round + 1}: ${(sizeBytes / MIB / seconds).toFixed(0)} MiB/s; processor time per GiB: ` +
          `emulator ${perGib('emulator')} s, writer ${perGib('own')} s`,
      );
      await target.finish();
      await azure.endAccess(target.resourceId);
      await azure.compute.client(azure.subscriptionId).disks.delete('bench', name);
    }
  } finally {
    await azure.stop();
  }
}

async function uploadedDisk(azure: EmulatedAzure, name: string) {
  const { resourceId: diskResourceId } = await completed(createRestoreDisk, azure.compute, {
    jobId: 'bench',
    subscriptionId: azure.subscriptionId,
    resourceGroup: 'bench',
    name,
    location: 'westeurope',
    sizeBytes,
  });
  return {
    ...(await openDiskTarget(azure.compute, { diskResourceId, sizeBytes })),
    resourceId: diskResourceId,
  };
}

void inWorkFolder(tmpdir(), main);
