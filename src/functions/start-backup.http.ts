import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { discoverVms } from '../compute/discover';
import { vmKeyOf } from '../http/keys';
import { parseBody } from '../http/parse';
import { backupRunning, notFound } from '../http/problem';
import { onDemandBackupId } from '../jobs/job-id';
import { policiesInForce } from '../policies/policies';
import { claimBackup } from '../protection/claim-backup';
import { newlyProtected, POLICY_TAG } from '../protection/find-due-backups';
import { accepted } from './accepted';
import { registerRoute } from './register-route';

const NoFields = z.strictObject({});

/** A VM without a policy of its own is backed up as the preset `daily` says. */
const DEFAULT_POLICY = 'daily';

registerRoute('startBackup', {
  method: 'POST',
  route: 'vms/{vm}/backups',
  handler: async ({ request, client, ...services }) => {
    const vmKey = vmKeyOf(request.params);
    await parseBody(NoFields, request);
    const discovered = (await discoverVms(services.compute)).find((vm) => vm.key === vmKey);
    if (!discovered) throw notFound('VM', vmKey, 'GET /api/vms');

    const now = await services.store.now();
    const vm = (await services.protectedVms.read(vmKey))?.value ?? newlyProtected(discovered, now);
    const policyName = discovered.tags[POLICY_TAG] ?? vm.policy ?? DEFAULT_POLICY;
    const policy = (await policiesInForce(services.policies)).get(policyName)?.policy;
    if (!policy) throw notFound('policy', policyName, 'GET /api/policies');

    const jobId = onDemandBackupId(vmKey, now, randomBytes(3).toString('hex'));
    const claim = await claimBackup(services, { vm, jobId, policyName, policy, now });
    if ('heldBy' in claim) throw backupRunning(vmKey, claim.heldBy);
    await client.startNew('backupVm', { instanceId: jobId, input: claim.request });
    return accepted(jobId);
  },
});
