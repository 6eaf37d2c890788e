import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Job, VmDescription } from '../../client/api-types';
import { allJobs, followJobs } from './follow-jobs';
import type { DemoParts } from './parts';
import { diskIdOf } from './words';

/** One disk of one recovery point, restored and compared. */
export interface Comparison {
  vm: string;
  diskId: string;
  sizeBytes: number;
  /** 1 for the first backup, 2 for the second. */
  point: 1 | 2;
  /** SHA-256 of the image file that the disk was equal to at the snapshot. */
  expected: string;
  /** SHA-256 of the restored managed disk; absent when there is none. */
  restored?: string;
}

/** Restores the recovery points that backups have made, all at once, and follows the jobs. */
export async function restorePoints(parts: DemoParts, vms: VmDescription[], backups: Job[]): Promise<Job[]> {
  const { api, screen, patience, signal } = parts;
  const points = backups.map(({ recoveryPoint }) => recoveryPoint).filter((point) => point !== undefined);
  const restores = points.map((point) => api.startRestore({ point, body: { target: 'disks' } }));
  const ids = (await Promise.all(restores)).map(({ job }) => job);
  return followJobs({
    screen,
    signal,
    look: async () => (await allJobs(api)).filter(({ id }) => ids.includes(id)),
    count: ids.length,
    vms,
    patience,
  });
}

/** What is on the restored disks, beside what is in the image files that the VMs' disks were equal to. */
export async function compareWithImages(
  { emulator, fleet }: DemoParts,
  restores: Job[],
  point: Comparison['point'],
): Promise<Comparison[]> {
  const comparisons: Comparison[] = [];
  for (const vm of fleet.vms) {
    const restore = restores.find(({ vmName }) => vmName === vm.name);
    for (const { lun, sizeBytes, first, second } of vm.disks) {
      const diskId = diskIdOf(lun);
      const restored = restore?.restoredDisks?.find((disk) => disk.diskId === diskId);
      comparisons.push({
        vm: vm.name,
        diskId,
        sizeBytes,
        point,
        expected: await hashFile(point === 1 ? first : second),
        restored: restored && (await emulator.hashDisk(restored.name)),
      });
    }
  }
  return comparisons;
}

async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}
