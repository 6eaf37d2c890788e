import { orderedParallel } from '../basics/ordered-parallel';
import type { Collection } from '../documents/collection';
import type { Job } from './job';
import { describeJobId, type JobKind, timeOf } from './job-id';

export interface JobSearch {
  vm?: string;
  kind?: JobKind;
  state?: Job['state'];
  /** Only jobs of this time or later, ISO 8601. */
  from?: string;
  /** Only jobs before this time, ISO 8601. */
  to?: string;
  /** The id of the job after which to go on. */
  after?: string;
  limit: number;
}

/** Records that one page reads at most: a rare state in a long history must not read every job ever made. */
const MAX_READS = 1000;
const READS_AT_ONCE = 16;
/**
 * Names listed first: the newest jobs are what most callers ask for, and a full page of a long history takes
 * a while.
 */
const NAMES_FIRST = 200;

/**
 * One page of jobs, newest first. VM, kind and time are told by a job's id, so that only what may match is
 * read. A page may hold fewer than `limit` jobs and have a `next` all the same.
 */
export async function findJobs(
  jobs: Pick<Collection<Job>, 'names' | 'read'>,
  search: JobSearch,
): Promise<{ jobs: Job[]; next?: string }> {
  const found: Job[] = [];
  let looked = 0;
  const candidates = idsThatMayMatch(jobs, search);
  const reads = orderedParallel(candidates, READS_AT_ONCE, async (id) => ({ id, job: await jobs.read(id) }));
  for await (const { id, job } of reads) {
    looked += 1;
    if (job && (search.state === undefined || job.value.state === search.state)) found.push(job.value);
    if (found.length === search.limit || looked === MAX_READS) return { jobs: found, next: id };
  }
  return { jobs: found };
}

async function* idsThatMayMatch(
  jobs: Pick<Collection<Job>, 'names'>,
  { vm, kind, from, to, after }: JobSearch,
): AsyncIterable<string> {
  for await (const id of jobs.names({ startAfter: after, limit: NAMES_FIRST })) {
    if (to !== undefined && Date.parse(timeOf(id)) >= Date.parse(to)) continue;
    if (from !== undefined && Date.parse(timeOf(id)) < Date.parse(from)) return;
    const known = describeJobId(id);
    if (kind !== undefined && known.kind !== kind) continue;
    if (vm !== undefined && known.rest !== vm && !new RegExp(`^${vm}-[0-9a-f]{6}$`).test(known.rest))
      continue;
    yield id;
  }
}
