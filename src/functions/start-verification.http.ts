import type { VerificationRequest } from '../activities/contract';
import { verificationId } from '../jobs/job-id';
import { readPoint } from '../vault/points';
import { Accepted } from './accepted';
import { registerRoute } from './register-route';
import { startOnce } from './start-once';

registerRoute('startVerification', {
  method: 'POST',
  route: 'recovery-points/{point}/verifications',
  summary: 'Reads a recovery point back from the vault and checks every byte',
  answers: { 202: Accepted },
  heeds: ['Idempotency-Key'],
  handler: async ({ params: { point: pointId }, idempotencyKey, vault, store, client, ...services }) => {
    const { vmKey, vm } = await readPoint(vault, pointId);
    const now = await store.now();
    const start = async (jobId: string) => {
      await services.jobs.create(jobId, {
        id: jobId,
        kind: 'verification',
        vm: vmKey,
        vmName: String(vm.name ?? vmKey),
        state: 'Queued',
        trigger: 'on-demand',
        createdAt: now,
        disks: [],
        warnings: [],
        recoveryPoint: pointId,
      });
      const input: VerificationRequest = { jobId, pointId };
      await client.startNew('verifyPoint', { instanceId: jobId, input });
    };
    const nameJob = (unique: string) => verificationId(vmKey, now, unique);
    return startOnce(services, { idempotencyKey, asked: ['verification', pointId], nameJob, start });
  },
});
