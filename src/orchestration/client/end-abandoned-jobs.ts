import type { DurableClient } from 'durable-functions';
import { addSeconds } from '../../basics/time';
import { isUnreadable } from '../../documents/read-document';
import { LONGEST_JOB_HOURS } from '../../jobs/cancellation';
import { findJobs } from '../../jobs/find-jobs';
import { isOver, type Job } from '../../jobs/job';
import type { JobKind } from '../../jobs/job-id';
import type { Services } from '../../services';
import { type EndServices, endInterrupted, type Log } from './end-interrupted';
import { isAlive } from './orchestration-state';

/** A job that was recorded a moment ago may not have its orchestration yet. */
const GRACE_SECONDS = 300;
/** Older jobs have been looked at before: none runs for more than a day. */
const LOOK_BACK_SECONDS = 3 * LONGEST_JOB_HOURS * 3600;
const PAGE = 100;

/**
 * Ends the records of restores, verifications and maintenance whose orchestration is gone. Backups are the scheduler's to end,
 * because they hold their VM.
 */
export async function endAbandonedJobs(
  services: EndServices,
  client: DurableClient,
  now: string,
  log: Log,
): Promise<string[]> {
  const ended: string[] = [];
  for (const kind of ['restore', 'verification', 'maintenance'] as const) {
    for await (const { id } of openJobs(services.jobs, kind, now)) {
      if (await isAlive(client, id)) continue;
      const { unclosed } = await endInterrupted(services, client, { jobId: id }, log);
      if (unclosed) log.warn(String(unclosed));
      else ended.push(id);
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

function undefinedIfUnreadable(error: unknown): undefined {
  if (!isUnreadable(error)) throw error;
}
