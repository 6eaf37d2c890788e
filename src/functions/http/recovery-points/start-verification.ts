import type { VerificationRequest } from '../../../activities/contract';
import { listedPoint } from '../../../api/view-points';
import { verificationId } from '../../../jobs/job-id';
import { queuedVerification } from '../../../jobs/queued-verification';
import { startOnce } from '../../../orchestration/client/start-once';
import { Accepted, accepted } from '../accepted';
import { registerRoute } from '../register-route';

registerRoute('startVerification', {
  method: 'POST',
  route: 'recovery-points/{point}/verifications',
  summary: 'Reads a recovery point back from the vault and checks every byte',
  answers: { 202: Accepted },
  heeds: ['Idempotency-Key'],
  handler: async ({ params: { point: pointId }, idempotencyKey, vault, store, client, ...services }) => {
    const point = await listedPoint(vault, pointId);
    const now = await store.now();
    const start = async (jobId: string) => {
      await services.jobs.create(jobId, queuedVerification(jobId, point, 'on-demand', now));
      const input: VerificationRequest = { jobId, pointId };
      await client.startNew('verifyPoint', { instanceId: jobId, input });
    };
    const nameJob = (unique: string) => verificationId(point.vmKey, now, unique);
    return accepted(
      await startOnce(
        { ...services, client },
        { idempotencyKey, asked: ['verification', pointId], nameJob, start },
      ),
    );
  },
});
