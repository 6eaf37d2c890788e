import type { DurableClient } from 'durable-functions';
import { backupError } from '../failures/failure';
import { isOver } from '../jobs/job';
import { releaseVm } from '../protection/claim-backup';
import { queuedBackups } from '../protection/queued-backup';
import type { Services } from '../services';
import { isAlive } from './orchestration-state';

/** A job that was claimed a moment ago may not have its orchestration yet. */
const GRACE_MS = 5 * 60_000;

/**
 * Lets go of VMs whose job has no living orchestration: it was terminated by hand, or the app died between the claim and the
 * start. Without this such a VM would never be backed up again.
 */
export async function releaseAbandonedVms(
  services: Pick<Services, 'protectedVms' | 'jobs' | 'store'>,
  client: DurableClient,
  now: string,
): Promise<string[]> {
  const released: string[] = [];
  for await (const { value: vm } of services.protectedVms.list({ onUnreadable: () => undefined })) {
    const { running } = vm;
    if (!running || Date.parse(now) - Date.parse(running.since) < GRACE_MS) continue;
    if (await isAlive(client, running.jobId)) continue;
    if (await waitsForLane(services.store, running.jobId, now)) continue;
    const error = backupError('JobInterrupted', `The orchestration of ${running.jobId} is gone.`).failure;
    await services.jobs.update(running.jobId, (job) =>
      job && !isOver(job) ? { ...job, state: 'Failed', error, endedAt: now } : undefined,
    );
    await queuedBackups(services.store).delete(running.jobId);
    await releaseVm(services, vm.key, running.jobId);
    released.push(running.jobId);
  }
  return released;
}

/** A backup on demand has no orchestration until a lane has taken it and a moment has passed. */
async function waitsForLane(store: Services['store'], jobId: string, now: string): Promise<boolean> {
  const queued = await queuedBackups(store).read(jobId);
  if (!queued) return false;
  return queued.value.takenBy === undefined || Date.parse(now) - Date.parse(queued.lastModified) < GRACE_MS;
}
