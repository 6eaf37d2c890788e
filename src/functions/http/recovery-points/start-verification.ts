import type { VerificationRequest } from '../../../activities/contract';
import { listedPoint } from '../../../api/view-points';
import { verificationId } from '../../../jobs/job-id';
import { queuedVerification } from '../../../jobs/queued-verification';
import { startOnce } from '../../../orchestration/client/start-once';
import { ObjectError } from '../../../storage/object-error';
import type { RecoveryPoint } from '../../../vault/format/manifest';
import { vmKeyOf } from '../../../vault/format/names';
import { Accepted, accepted } from '../accepted';
import { registerRoute } from '../register-route';

/** Of a point whose manifest cannot be read, that is what its verification finds: it fails by that name. */
function unreadablePoint(error: unknown, pointId: string): Pick<RecoveryPoint, 'pointId' | 'vmKey' | 'vm'> {
  if (!(error instanceof ObjectError) || error.failure.retryable) throw error;
  return { pointId, vmKey: vmKeyOf(pointId), vm: {} };
}

registerRoute('startVerification', {
  method: 'POST',
  route: 'recovery-points/{point}/verifications',
  summary: 'Reads a recovery point back from the vault and checks every byte',
  answers: { 202: Accepted },
  heeds: ['Idempotency-Key'],
  handler: async ({ params: { point: pointId }, idempotencyKey, vault, store, client, ...services }) => {
    const point = await listedPoint(vault, pointId).catch((error) => unreadablePoint(error, pointId));
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
