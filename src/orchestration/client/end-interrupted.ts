import type { DurableClient } from 'durable-functions';
import { backupError } from '../../failures/failure';
import { JobProgress } from '../../jobs/job';
import { type EndedJob, endJob } from '../../protection/end-job';
import { describeInterrupted } from '../../restore/interrupted-restore';
import type { Services } from '../../services';
import { customStatusOf } from './custom-status';

export type EndServices = Pick<Services, 'jobs' | 'protectedVms' | 'store' | 'settings'>;

export interface Log {
  warn(message: string): void;
}

/**
 * Ends a job whose orchestration is gone, with what that showed last.
 */
export async function endInterrupted(
  services: EndServices,
  client: DurableClient,
  { jobId, vmKey }: { jobId: string; vmKey?: string },
  log: Log,
): Promise<EndedJob> {
  const restore = await describeInterrupted(services.store, jobId);
  const told = restore === undefined ? '' : ` ${restore.told}`;
  const error = backupError('JobInterrupted', `The orchestration of ${jobId} is gone.${told}`).failure;
  // Another version of the app may have shown it: what cannot be understood is left out.
  const shown = JobProgress.safeParse(await customStatusOf(client, jobId)).data;
  return endJob(services, log, { jobId, vmKey, state: 'Failed', shown, error, more: restore?.made });
}

/**
 * For the rest of a look after a receiver has not taken what it was told: one that is slow must not hold up a
 * fleet. The log hears.
 */
export const silent = (services: EndServices): EndServices => ({
  ...services,
  settings: { ...services.settings, notifications: undefined },
});
