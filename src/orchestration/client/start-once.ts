import { createHash, randomBytes } from 'node:crypto';
import type { DurableClient } from 'durable-functions';
import { backupError } from '../../failures/failure';
import type { Job } from '../../jobs/job';
import type { Services } from '../../services';
import { isAlive, wasStarted } from './orchestration-state';

/** A request that starts a job. */
export interface StartOrder {
  idempotencyKey?: string;
  /**
   * What was asked for, such as the route with its key, and the body: the same key may not ask for anything
   * else.
   */
  asked: unknown;
  /** Names the job; `unique` is six hex digits. */
  nameJob(unique: string): string;
  /**
   * Starts the job; throws when it cannot be started. Called again, it makes up for what is missing and does
   * nothing twice.
   */
  start(jobId: string): Promise<void>;
}

/**
 * Starts a job, once for each Idempotency-Key, and returns its id: a repeat is answered as the first request
 * was, also when it comes while that is under way. A request that was refused leaves no trace, so that it can
 * be repeated; one that died before its job had an orchestration is carried on with by the repeat.
 */
export async function startOnce(
  { requests, jobs, client }: Pick<Services, 'requests' | 'jobs'> & { client: DurableClient },
  { idempotencyKey, asked, nameJob, start }: StartOrder,
): Promise<string> {
  const proposed = nameJob(randomBytes(3).toString('hex'));
  if (idempotencyKey === undefined) {
    await start(proposed);
    return proposed;
  }
  const name = sha256(idempotencyKey);
  const fingerprint = sha256(JSON.stringify(asked));
  const record = await requests.update(name, (known) =>
    known ? undefined : { jobId: proposed, fingerprint },
  );
  const { jobId } = record?.value ?? { jobId: proposed };
  if (record?.value.fingerprint !== fingerprint) {
    throw backupError(
      'IdempotencyKeyReused',
      'A different request was sent with this Idempotency-Key before.',
    );
  }
  const job = jobId === proposed ? undefined : (await jobs.read(jobId))?.value;
  if (job && !(await awaitsStart(job, client))) return jobId;
  try {
    await start(jobId);
  } catch (error) {
    // Of two requests at once one starts the orchestration; the other is told that it is there.
    if (await isAlive(client, jobId)) return jobId;
    if (jobId === proposed) await requests.delete(name, record?.etag);
    throw error;
  }
  return jobId;
}

const awaitsStart = async ({ id, state, cancelRequestedAt }: Job, client: DurableClient) =>
  state === 'Queued' && cancelRequestedAt === undefined && !(await wasStarted(client, id));

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
