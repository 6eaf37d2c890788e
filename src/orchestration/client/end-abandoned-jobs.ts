import type { DurableClient } from 'durable-functions';
import { z } from 'zod';
import { addSeconds } from '../../basics/time';
import { collection } from '../../documents/collection';
import { undefinedIfUnreadable } from '../../documents/read-document';
import { LONGEST_JOB_HOURS } from '../../jobs/cancellation';
import { findJobs } from '../../jobs/find-jobs';
import { isOver, type Job } from '../../jobs/job';
import type { JobKind } from '../../jobs/job-id';
import type { Services } from '../../services';
import type { BlobStore } from '../../storage/blob-store';
import { type EndServices, endInterrupted, type Log, silent } from './end-interrupted';
import { isAlive } from './orchestration-state';

/** A job that was recorded a moment ago may not have its orchestration yet. */
const GRACE_SECONDS = 300;
/** None runs for more than a day: what was older at the last look is ended. */
const LOOK_BACK_SECONDS = 3 * LONGEST_JOB_HOURS * 3600;
const PAGE = 100;

/**
 * When all open jobs were last looked at, and each of them that was abandoned could be ended; service time.
 */
const Look = z.strictObject({ at: z.string() });
const NAME = 'abandoned-jobs';
const looks = (store: BlobStore) => collection(store, 'looks', Look);

/**
 * Ends the records of restores, verifications and maintenance whose orchestration is gone. Backups are the
 * scheduler's to end, because they hold their VM. What stands in the way of one job does not hold up the
 * others. Jobs of all times are looked at until a look was made: the app may have been down for weeks.
 */
export async function endAbandonedJobs(
  services: EndServices,
  client: DurableClient,
  now: string,
  log: Log,
): Promise<string[]> {
  const ended: string[] = [];
  const known = looks(services.store);
  const last = await known.read(NAME).catch(undefinedIfUnreadable);
  const from = last && addSeconds(last.value.at, -LOOK_BACK_SECONDS);
  let allEnded = true;
  let quiet: EndServices | undefined;
  for (const kind of ['restore', 'verification', 'maintenance'] as const) {
    for await (const { id } of openJobs(services.jobs, kind, from, now)) {
      if (await isAlive(client, id)) continue;
      try {
        const { unclosed, told } = await endInterrupted(quiet ?? services, client, { jobId: id }, log);
        if (!told) quiet = silent(services);
        if (unclosed) {
          allEnded = false;
          log.warn(String(unclosed));
        } else ended.push(id);
      } catch (error) {
        allEnded = false;
        log.warn(`${id} is not ended: ${String(error)}`);
      }
    }
  }
  if (allEnded) await known.update(NAME, () => ({ at: now }));
  return ended;
}

/** A record that cannot be read is left out: it must not keep the others open. */
async function* openJobs(
  jobs: Services['jobs'],
  kind: JobKind,
  from: string | undefined,
  now: string,
): AsyncIterable<Job> {
  const read = (id: string) => jobs.read(id).catch(undefinedIfUnreadable);
  const to = addSeconds(now, -GRACE_SECONDS);
  let after: string | undefined;
  do {
    const page = await findJobs({ names: jobs.names, read }, { kind, from, to, after, limit: PAGE });
    yield* page.jobs.filter((job) => !isOver(job));
    after = page.next;
  } while (after !== undefined);
}
