import type { Job } from '../../client/api-types';
import type { EmulatorState } from '../../client/emulator-client';
import { isOver } from '../../client/is-over';
import type { Comparison } from './restore';
import { diskInWords, vmInWords } from './words';

/** Jobs that failed, or had not ended when the time was over. */
export const failedJobs = (jobs: Job[]): string[] =>
  jobs
    .filter(({ state }) => state !== 'Succeeded')
    .map((job) => `${vmInWords(job)}: the ${job.kind} ${howItWent(job)}`);

function howItWent(job: Job): string {
  if (!isOver(job)) return `did not end in time (${job.state}, ${job.phase})`;
  if (job.state === 'Cancelled') return 'was cancelled';
  return job.error ? `failed: ${job.error.message} ${job.error.remedy}` : 'failed';
}

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
 * What lies about in the emulated Azure that nobody asked for: open disk accesses, and snapshots of VMs whose
 * policy keeps none; and a kept snapshot that is missing.
 * @param keeping names of the VMs whose policy keeps snapshots for instant restore
 */
export function leftovers({ grants, restorePoints, snapshots }: EmulatorState, keeping: string[]): string[] {
  const isKept = (vm: string) => keeping.includes(vm);
  return [
    ...grants.map(({ resourceId, access }) => `a disk access (${access}) is open: ${resourceId}`),
    ...restorePoints
      .filter(({ vm }) => !isKept(vm))
      .map(({ vm, name }) => `${vm}: its snapshot ${name} is left`),
    ...snapshots.map(({ name }) => `the disk snapshot ${name} is left`),
    ...keeping
      .filter((name) => !restorePoints.some(({ vm }) => vm === name))
      .map((name) => `${name}: its policy keeps a snapshot, but there is none`),
  ];
}
