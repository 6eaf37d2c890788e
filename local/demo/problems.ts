import type { Job } from '../../cli/api-types';
import type { EmulatorState } from '../../cli/emulator-client';
import type { Comparison } from './restore';
import { diskInWords } from './words';

/** Jobs that failed, or had not ended when the time was over. */
export const failedJobs = (jobs: Job[]): string[] =>
  jobs
    .filter(({ state }) => state !== 'Succeeded')
    .map((job) => {
      if (job.state !== 'Failed')
        return `${job.vmName}: the ${job.kind} did not end in time (${job.state}, ${job.phase})`;
      const cause = job.error ? `: ${job.error.message} ${job.error.remedy}` : '';
      return `${job.vmName}: the ${job.kind} failed${cause}`;
    });

/** VMs that the timer started nothing for. */
export const missingJobs = (names: string[], jobs: Job[], what: string): string[] =>
  names
    .filter((name) => !jobs.some((job) => job.vmName === name))
    .map((name) => `${name}: no ${what} was started`);

/** Restored disks that are not what the disks were at their snapshot. */
export const mismatches = (comparisons: Comparison[]): string[] =>
  comparisons
    .filter(({ expected, restored }) => restored !== expected)
    .map(({ vm, diskId, point, restored }) => {
      const what =
        restored === undefined ? 'was not restored' : 'differs from what the disk held at the snapshot';
      return `${vm}: ${diskInWords(diskId)} of point ${point} ${what}`;
    });

/**
 * What lies about in the emulated Azure that nobody asked for: open disk accesses, and snapshots beyond the one that the
 * policy of a VM keeps.
 * @param keeping names of the VMs whose policy keeps the newest snapshot
 */
export function leftovers({ grants, restorePoints, snapshots }: EmulatorState, keeping: string[]): string[] {
  const kept = (vm: string) => restorePoints.filter((point) => point.vm === vm).length;
  const wanted = keeping.reduce((sum, vm) => sum + Math.min(kept(vm), 1), 0);
  return [
    ...grants.map(({ resourceId }) => `a disk access is open: ${resourceId}`),
    ...(restorePoints.length > wanted
      ? [
          `${restorePoints.length} snapshots are there, but the policies keep ${wanted}: ${names(restorePoints)}`,
        ]
      : []),
    ...keeping
      .filter((vm) => kept(vm) === 0)
      .map((vm) => `${vm}: its policy keeps a snapshot, but there is none`),
    ...(snapshots.length > 0 ? [`disk snapshots are left: ${names(snapshots)}`] : []),
  ];
}

const names = (things: { name: string }[]) => things.map(({ name }) => name).join(', ');
