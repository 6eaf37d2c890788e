import type { DurableClient } from 'durable-functions';
import type { MaintenanceRequest } from '../../activities/contract';
import type { Job } from '../../jobs/job';
import type { Services } from '../../services';

/** Records a maintenance job. Returns false when the job is there already. */
export async function recordMaintenance(
  { jobs }: Pick<Services, 'jobs'>,
  { jobId, trigger, now }: Pick<Job, 'trigger'> & { jobId: string; now: string },
): Promise<boolean> {
  const created = await jobs.create(jobId, {
    id: jobId,
    kind: 'maintenance',
    state: 'Queued',
    trigger,
    createdAt: now,
    disks: [],
    warnings: [],
  });
  return created !== undefined;
}

/** Starts a maintenance job that is on record; throws when it runs already. */
export async function startMaintenance(client: DurableClient, input: MaintenanceRequest): Promise<void> {
  await client.startNew('maintainVault', { instanceId: input.jobId, input });
}
