import type { Job, JobDisk } from '../../client/api-types';
import { duration, size } from '../output/people';

const BAR = 24;

/** What a terminal shows of a job that runs: a line for it, and one for each of its disks. */
export function progressLines(job: Job, columns: number): string[] {
  const planned = sum(job.disks, ({ plannedBytes }) => plannedBytes);
  const read = sum(job.disks, ({ readBytes }) => readBytes);
  const head = [
    nameOf(job),
    job.kind,
    job.cancelRequestedAt ? 'being cancelled' : (job.phase ?? job.state.toLowerCase()),
    planned > 0 ? `${percent(read, planned)}  ${size(read)} of ${size(planned)}` : undefined,
    job.bytesPerSecond ? `${size(job.bytesPerSecond)}/s` : undefined,
    job.secondsLeft === undefined ? undefined : `${duration(job.secondsLeft)} left`,
  ];
  const width = Math.max(0, ...job.disks.map(({ name }) => name.length));
  const disks = job.disks.map((disk) => diskLine(disk, width));
  // A line that is as wide as the terminal wraps on some.
  return [head.filter(Boolean).join('  '), ...disks].map((line) => line.slice(0, Math.max(20, columns - 1)));
}

/** The VM that a job is for; maintenance is for none. */
export const nameOf = ({ vmName, vm }: Job): string => vmName ?? vm ?? 'vault';

function diskLine({ name, state, readBytes, plannedBytes }: JobDisk, width: number): string {
  const share = plannedBytes > 0 ? Math.min(1, readBytes / plannedBytes) : state === 'done' ? 1 : 0;
  const full = Math.round(share * BAR);
  const bar = `${'#'.repeat(full)}${'.'.repeat(BAR - full)}`;
  const said = state === 'running' ? `${size(readBytes)} of ${size(plannedBytes)}` : state;
  return `  ${name.padEnd(width)}  ${bar}  ${percent(share, 1).padStart(5)}  ${said}`;
}

const percent = (part: number, whole: number): string =>
  `${Math.floor((Math.min(part, whole) / whole) * 100)} %`;

const sum = <T>(all: readonly T[], of: (one: T) => number): number =>
  all.reduce((total, one) => total + of(one), 0);
