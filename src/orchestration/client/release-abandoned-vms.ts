import type { DurableClient } from 'durable-functions';
import { undefinedIfUnreadable } from '../../documents/read-document';
import type { EnrolledFleet } from '../../protection/fleet';
import type { ProtectedVm } from '../../protection/protected-vm';
import { queuedBackups } from '../../protection/queued-backup';
import type { Services } from '../../services';
import { type EndServices, endInterrupted, type Log, silent } from './end-interrupted';
import { isAlive } from './orchestration-state';

/** A job that was claimed a moment ago may not have its orchestration yet. */
const GRACE_MS = 5 * 60_000;

type Running = NonNullable<ProtectedVm['running']>;

/**
 * Lets go of VMs whose job has no living orchestration: it was terminated by hand, or the app died between
 * the claim and the start. Without this such a VM would never be backed up again. Changes the fleet
 * accordingly, and returns the ids of their jobs. What stands in the way of one VM is an error in the log,
 * and does not hold up the others.
 */
export async function releaseAbandonedVms(
  services: EndServices,
  client: DurableClient,
  { vms, now }: EnrolledFleet,
  log: Log & { error(message: string): void },
): Promise<string[]> {
  const released: string[] = [];
  let quiet: EndServices | undefined;
  for (const { key, running } of vms.values()) {
    if (!running || Date.parse(now) - Date.parse(running.since) < GRACE_MS) continue;
    try {
      if (await isAtWork(services.store, client, running, now)) continue;
      const { jobId } = running;
      const ended = await endInterrupted(quiet ?? services, client, { jobId, vmKey: key }, log);
      if (!ended.told) quiet = silent(services);
      if (ended.unclosed) log.error(String(ended.unclosed));
      if (ended.unreleased) throw ended.unreleased;
      if (ended.vm) vms.set(key, ended.vm);
      released.push(jobId);
    } catch (error) {
      log.error(`${key} is not free again: ${String(error)}`);
    }
  }
  return released;
}

const isAtWork = async (store: Services['store'], client: DurableClient, { jobId }: Running, now: string) =>
  (await isAlive(client, jobId)) || (await waitsForLane(store, jobId, now));

/**
 * A backup on demand has no orchestration until a lane has taken it and a moment has passed. One that cannot
 * be read is taken by no lane, and so does not wait.
 */
async function waitsForLane(store: Services['store'], jobId: string, now: string): Promise<boolean> {
  const queued = await queuedBackups(store).read(jobId).catch(undefinedIfUnreadable);
  if (!queued) return false;
  return queued.value.takenBy === undefined || Date.parse(now) - Date.parse(queued.lastModified) < GRACE_MS;
}
