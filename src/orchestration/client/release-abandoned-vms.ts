import type { DurableClient } from 'durable-functions';
import { backupError, toFailure } from '../../failures/failure';
import { isOver } from '../../jobs/job';
import { releaseVm } from '../../protection/claim-backup';
import type { EnrolledFleet } from '../../protection/fleet';
import type { ProtectedVm } from '../../protection/protected-vm';
import { queuedBackups } from '../../protection/queued-backup';
import type { Services } from '../../services';
import { isAlive } from './orchestration-state';

/** A job that was claimed a moment ago may not have its orchestration yet. */
const GRACE_MS = 5 * 60_000;

type ReleaseServices = Pick<Services, 'protectedVms' | 'jobs' | 'store'>;
type Running = NonNullable<ProtectedVm['running']>;

/**
 * Lets go of VMs whose job has no living orchestration: it was terminated by hand, or the app died between the claim and the
 * start. Without this such a VM would never be backed up again. Changes the fleet accordingly, and returns the ids of their jobs. What
 * stands in the way of one VM is told to `onTrouble`, and does not hold up the others.
 */
export async function releaseAbandonedVms(
  services: ReleaseServices,
  client: DurableClient,
  { vms, now }: EnrolledFleet,
  onTrouble: (message: string) => void,
): Promise<string[]> {
  const released: string[] = [];
  for (const { key, running } of vms.values()) {
    if (!running || Date.parse(now) - Date.parse(running.since) < GRACE_MS) continue;
    try {
      if (await isAtWork(services.store, client, running, now)) continue;
      await endJob(services, running, now, onTrouble);
      await queuedBackups(services.store).delete(running.jobId);
      const free = await releaseVm(services, key, running.jobId);
      if (free) vms.set(key, free);
      released.push(running.jobId);
    } catch (error) {
      onTrouble(`${key} is not free again: ${String(error)}`);
    }
  }
  return released;
}

const isAtWork = async (store: Services['store'], client: DurableClient, { jobId }: Running, now: string) =>
  (await isAlive(client, jobId)) || (await waitsForLane(store, jobId, now));

/** A record that cannot be read stays as it is: its VM must not be held for ever because of it. */
async function endJob(
  { jobs }: ReleaseServices,
  { jobId }: Running,
  endedAt: string,
  onTrouble: (message: string) => void,
): Promise<void> {
  const error = backupError('JobInterrupted', `The orchestration of ${jobId} is gone.`).failure;
  await jobs
    .update(jobId, (job) => (job && !isOver(job) ? { ...job, state: 'Failed', error, endedAt } : undefined))
    .catch((failed: unknown) => {
      if (!isUnreadable(failed)) throw failed;
      onTrouble(String(failed));
    });
}

/**
 * A backup on demand has no orchestration until a lane has taken it and a moment has passed. One that cannot be read is taken by no
 * lane, and so does not wait.
 */
async function waitsForLane(store: Services['store'], jobId: string, now: string): Promise<boolean> {
  const queued = await queuedBackups(store)
    .read(jobId)
    .catch((error: unknown) => {
      if (isUnreadable(error)) return undefined;
      throw error;
    });
  if (!queued) return false;
  return queued.value.takenBy === undefined || Date.parse(now) - Date.parse(queued.lastModified) < GRACE_MS;
}

const isUnreadable = (error: unknown) => toFailure(error).code === 'DocumentUnreadable';
