import { z } from 'zod';
import { maintenanceId } from '../../../jobs/job-id';
import { recordMaintenance, startMaintenance } from '../../../orchestration/client/queue-maintenance';
import { startOnce } from '../../../orchestration/client/start-once';
import { Accepted, accepted } from '../accepted';
import { registerRoute } from '../register-route';

registerRoute('startMaintenance', {
  method: 'POST',
  route: 'maintenance',
  summary: 'Applies retention and collects garbage, or with dryRun only says what would go',
  body: z.strictObject({ dryRun: z.boolean().default(false) }),
  answers: { 202: Accepted },
  heeds: ['Idempotency-Key'],
  handler: async ({ body, idempotencyKey, store, client, ...services }) => {
    const now = await store.now();
    const nameJob = (unique: string) => maintenanceId(now, unique);
    const start = async (jobId: string) => {
      await recordMaintenance(services, { jobId, now, trigger: 'on-demand' });
      await startMaintenance(client, { jobId, ...body });
    };
    return accepted(
      await startOnce(
        { ...services, client },
        { idempotencyKey, asked: ['maintenance', body], nameJob, start },
      ),
    );
  },
});
