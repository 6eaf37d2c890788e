import type { DurableClient } from 'durable-functions';
import { backupError } from '../failures/failure';
import { LONGEST_JOB_HOURS } from '../jobs/cancellation';
import { findJobs } from '../jobs/find-jobs';
import { isOver } from '../jobs/job';
import type { Services } from '../services';
import { addSeconds } from '../vault/safety-times';
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
  { jobs }: Pick<Services, 'jobs'>,
  client: DurableClient,
  now: string,
): Promise<string[]> {
  const ended: string[] = [];
  const from = addSeconds(now, -LOOK_BACK_SECONDS);
  const to = addSeconds(now, -GRACE_SECONDS);
  for (const kind of ['restore', 'verification', 'maintenance'] as const) {
    const { jobs: recent } = await findJobs(jobs, { kind, from, to, limit: PAGE });
    for (const { id } of recent.filter((job) => !isOver(job))) {
      if (await isAlive(client, id)) continue;
      const error = backupError('JobInterrupted', `The orchestration of ${id} is gone.`).failure;
      await jobs.update(id, (job) =>
        job && !isOver(job) ? { ...job, state: 'Failed', error, endedAt: now } : undefined,
      );
      ended.push(id);
    }
  }
  return ended;
}
