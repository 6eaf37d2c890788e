import { setTimeout as pause } from 'node:timers/promises';
import { allItems } from '../../client/all-pages';
import type { ApiClient } from '../../client/api-client';
import type { Job, VmDescription } from '../../client/api-types';
import { isOver } from '../../client/is-over';
import { eventsBetween, type VmFacts } from './job-events';
import { type Patience, POLICIES } from './parts';
import type { DiskProgress } from './progress-bars';
import type { Screen } from './screen';
import { diskInWords, vmInWords } from './words';

const LOOK_EVERY_MS = 300;

/** Every job that there is, newest first. */
export const allJobs = (api: ApiClient): Promise<Job[]> => allItems(api.listJobs, ({ jobs }) => jobs);

export interface FollowOptions {
  screen: Screen;
  vms: VmDescription[];
  signal: AbortSignal;
  /** Looks at the jobs; leaves out those that do not exist yet. */
  look(): Promise<Job[]>;
  /** How many there will be. */
  count: number;
  patience: Patience;
}

/**
 * Shows jobs until all of them have ended, or a time is over; returns how they were at the last look.
 * Never rejects because a job failed.
 */
export async function followJobs(options: FollowOptions): Promise<Job[]> {
  const { screen, vms, signal, look, count, patience } = options;
  const begun = performance.now();
  const isOverdue = (jobs: Job[]) => {
    const seconds = (performance.now() - begun) / 1000;
    return seconds > (jobs.length === 0 ? patience.startWithinSeconds : patience.endWithinSeconds);
  };
  let seen: Job[] = [];
  try {
    for (;;) {
      const jobs = await look();
      for (const job of jobs) {
        const before = seen.find(({ id }) => id === job.id);
        for (const event of eventsBetween(before, job, factsOf(job, vms))) screen.event(event);
      }
      screen.progress(jobs.flatMap(disksOnTheirWay));
      if ((jobs.length >= count && jobs.every(isOver)) || isOverdue(jobs)) return jobs;
      seen = jobs;
      await pause(LOOK_EVERY_MS, undefined, { signal });
    }
  } finally {
    screen.progress([]);
  }
}

function factsOf(job: Job, vms: VmDescription[]): VmFacts {
  const vm = vms.find(({ key }) => key === job.vm);
  return {
    os: vm?.os ?? 'Linux',
    running: vm?.powerState === 'running',
    keepsSnapshot: vm?.policy === POLICIES.keeping,
  };
}

const disksOnTheirWay = (job: Job): DiskProgress[] =>
  job.disks.map((disk) => ({
    vm: vmInWords(job),
    disk: diskInWords(disk.diskId),
    doneBytes: disk.state === 'done' ? disk.plannedBytes : disk.readBytes,
    plannedBytes: disk.plannedBytes,
    sentBytes: job.kind === 'backup' ? disk.sentBytes : undefined,
  }));
