import { z } from 'zod';
import { missingVm } from '../../../api/missing-vm';
import { changedMeanwhile, invalid } from '../../../api/problem';
import { ProtectionView, protectionEtag, requireVersion, viewProtection } from '../../../api/protection-view';
import { Confirm, requireProtectionConfirmed } from '../../../api/what-if';
import { deleteKept } from '../../../jobs/kept-documents';
import { policiesInForce } from '../../../policies/policies';
import { PolicyName } from '../../../policies/policy';
import { protect } from '../../../protection/change-protection';
import { recordOf } from '../../../protection/known-vm';
import { letGoByProtection } from '../../../protection/let-go';
import type { ProtectedVm } from '../../../protection/protected-vm';
import type { BlobStore } from '../../../storage/blob-store';
import { registerRoute } from '../register-route';

const TRIES = 3;

registerRoute('putProtection', {
  method: 'PUT',
  route: 'vms/{vm}/protection',
  summary:
    'Protects a VM by a policy, whatever its tag says; how many points it loses at once by that has to be confirmed',
  query: Confirm,
  body: z.strictObject({ policy: PolicyName }),
  answers: { 200: ProtectionView },
  heeds: ['If-Match'],
  handler: async ({ params, query, body: { policy }, ifMatch, ...services }) => {
    const inForce = await policiesInForce(services.policies);
    if (!inForce.has(policy)) {
      throw invalid('policy', `there is no policy ${policy}`);
    }
    const now = await services.store.now();
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const known = await recordOf(services, params.vm, now);
      if (!known) throw await missingVm(services, params.vm);
      requireVersion(known, ifMatch);
      const losing = await letGoByProtection(services, known, protect(known, policy, now), inForce);
      requireProtectionConfirmed(policy, losing, query.confirm);
      // The very protection that the points were counted against.
      let isAsCounted = true;
      const updated = await services.protectedVms.update(params.vm, (vm = known) => {
        requireVersion(vm, ifMatch);
        isAsCounted = protectionEtag(vm) === protectionEtag(known);
        return isAsCounted ? protect(vm, policy, now) : undefined;
      });
      if (!isAsCounted) continue;
      const vm = updated?.value ?? known;
      await forgetDecided(services.store, known, vm);
      return { headers: { etag: protectionEtag(vm) }, jsonBody: viewProtection(vm, inForce) };
    }
    throw changedMeanwhile(`The protection of ${params.vm}`);
  },
});

/** Nothing is to be put back any more on a VM that somebody has decided on. */
async function forgetDecided(store: BlobStore, known: ProtectedVm, vm: ProtectedVm): Promise<void> {
  const decided = vm.unfinishedRestores === undefined ? (known.unfinishedRestores ?? []) : [];
  for (const { jobId } of decided) await deleteKept(store, jobId);
}
