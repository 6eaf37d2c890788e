import type { DurableClient } from 'durable-functions';
import { addSeconds } from '../../basics/time';
import { undefinedIfUnreadable } from '../../documents/read-document';
import { LONGEST_JOB_HOURS } from '../../jobs/cancellation';
import { findJobs } from '../../jobs/find-jobs';
import { isOver, type Job } from '../../jobs/job';
import type { JobKind } from '../../jobs/job-id';
import type { Services } from '../../services';
import { type EndServices, endInterrupted, type Log, silent } from './end-interrupted';
import { isAlive } from './orchestration-state';

/** A job that was recorded a moment ago may not have its orchestration yet. */
const GRACE_SECONDS = 300;
/** Older jobs have been looked at before: none runs for more than a day. */
const LOOK_BACK_SECONDS = 3 * LONGEST_JOB_HOURS * 3600;
const PAGE = 100;

/**
 * Ends the records of restores, verifications and maintenance whose orchestration is gone. Backups are the
 * scheduler's to end, because they hold their VM. What stands in the way of one job does not hold up the
 * others.
 */
export async function endAbandonedJobs(
  services: EndServices,
  client: DurableClient,
  now: string,
  log: Log,
): Promise<string[]> {
  const ended: string[] = [];
  let quiet: EndServices | undefined;
  for (const kind of ['restore', 'verification', 'maintenance'] as const) {
    for await (const { id } of openJobs(services.jobs, kind, now)) {
      if (await isAlive(client, id)) continue;
      try {
        const { unclosed, told } = await endInterrupted(quiet ?? services, client, { jobId: id }, log);
        if (!told) quiet = silent(services);
        if (unclosed) log.warn(String(unclosed));
        else ended.push(id);
      } catch (error) {
        log.warn(`${id} is not ended: ${String(error)}`);
      }
    }
  }
  return ended;
}

/** A record that cannot be read is left out: it must not keep the others open. */
async function* openJobs(jobs: Services['jobs'], kind: JobKind, now: string): AsyncIterable<Job> {
  const read = (id: string) => jobs.read(id).catch(undefinedIfUnreadable);
  const from = addSeconds(now, -LOOK_BACK_SECONDS);
  const to = addSeconds(now, -GRACE_SECONDS);
  let after: string | undefined;
  do {
    const page = await findJobs({ names: jobs.names, read }, { kind, from, to, after, limit: PAGE });
    yield* page.jobs.filter((job) => !isOver(job));
    after = page.next;
  } while (after !== undefined);
}
