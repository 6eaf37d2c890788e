import type { DurableClient } from 'durable-functions';
import type { Job } from '../jobs/job';
import type { Services } from '../services';

/** What the orchestrator of a maintenance job is given. */
export interface MaintenanceRequest {
  jobId: string;
  dryRun: boolean;
}

interface MaintenanceOrder extends MaintenanceRequest, Pick<Job, 'trigger'> {
  now: string;
}

/** Records a maintenance job and starts it. Returns false, and starts nothing, when the job is there already. */
export async function queueMaintenance(
  { jobs, client }: Pick<Services, 'jobs'> & { client: DurableClient },
  { jobId, dryRun, trigger, now }: MaintenanceOrder,
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
  if (!created) return false;
  const input: MaintenanceRequest = { jobId, dryRun };
  await client.startNew('maintainVault', { instanceId: jobId, input });
  return true;
}
