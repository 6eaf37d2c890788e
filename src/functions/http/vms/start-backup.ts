import { z } from 'zod';
import { missingVm } from '../../../api/missing-vm';
import { backupRunning, notFound } from '../../../api/problem';
import { addSeconds } from '../../../basics/time';
import { onDemandBackupId } from '../../../jobs/job-id';
import { startOneLane } from '../../../orchestration/client/start-lanes';
import { startOnce } from '../../../orchestration/client/start-once';
import { policiesInForce } from '../../../policies/policies';
import { claimBackup } from '../../../protection/claim-backup';
import { newlyProtected } from '../../../protection/enrol';
import { discoveredVm } from '../../../protection/known-vm';
import { policyOfTag } from '../../../protection/policy-tag';
import { queueBackup } from '../../../protection/queued-backup';
import { Accepted, accepted } from '../accepted';
import { registerRoute } from '../register-route';

/** A VM without a policy of its own is backed up as the preset `daily` says. */
const DEFAULT_POLICY = 'daily';
const DAY_SECONDS = 86_400;

registerRoute('startBackup', {
  method: 'POST',
  route: 'vms/{vm}/backups',
  summary: 'Backs up a VM as soon as a lane is free, whether or not it is protected',
  body: z.strictObject({
    /** Days for which the point is kept at least; retention rules may keep it longer. */
    retentionDays: z.int().min(1).max(9999).default(30),
  }),
  answers: { 202: Accepted },
  heeds: ['Idempotency-Key'],
  handler: async ({ params: { vm: vmKey }, body, idempotencyKey, client, ...services }) => {
    const discovered = await discoveredVm(services, vmKey);
    if (!discovered) throw await missingVm(services, vmKey);

    const now = await services.store.now();
    const vm = (await services.protectedVms.read(vmKey))?.value ?? newlyProtected(discovered, now);
    const tag = vm.protectedBy === 'api' || vm.stopped ? undefined : policyOfTag(discovered);
    const policyName = tag ?? vm.policy ?? DEFAULT_POLICY;
    const policy = (await policiesInForce(services.policies)).get(policyName)?.policy;
    if (!policy) throw notFound('policy', policyName, 'GET /api/policies');

    const retainUntil = addSeconds(now, body.retentionDays * DAY_SECONDS);
    const start = async (jobId: string) => {
      const claim = await claimBackup(services, { vm, jobId, policyName, policy, now, retainUntil });
      if ('heldBy' in claim) throw backupRunning(vmKey, claim.heldBy ?? 'unknown');
      await queueBackup(services.store, claim.request);
      await startOneLane(client, services.settings.maxConcurrentBackups);
    };
    const nameJob = (unique: string) => onDemandBackupId(vmKey, now, unique);
    return accepted(
      await startOnce(
        { ...services, client },
        { idempotencyKey, asked: ['backup', vmKey, body], nameJob, start },
      ),
    );
  },
});
