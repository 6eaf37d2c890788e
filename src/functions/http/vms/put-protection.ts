import { z } from 'zod';
import { missingVm } from '../../../api/missing-vm';
import { invalid } from '../../../api/problem';
import { ProtectionView, protectionEtag, requireVersion, viewProtection } from '../../../api/protection-view';
import { deleteKept } from '../../../jobs/kept-documents';
import { policiesInForce } from '../../../policies/policies';
import { PolicyName } from '../../../policies/policy';
import { protect } from '../../../protection/change-protection';
import { recordOf } from '../../../protection/known-vm';
import { registerRoute } from '../register-route';

registerRoute('putProtection', {
  method: 'PUT',
  route: 'vms/{vm}/protection',
  summary: 'Protects a VM by a policy, whatever its tag says',
  body: z.strictObject({ policy: PolicyName }),
  answers: { 200: ProtectionView },
  heeds: ['If-Match'],
  handler: async ({ params, body: { policy }, ifMatch, ...services }) => {
    const inForce = await policiesInForce(services.policies);
    if (!inForce.has(policy)) {
      throw invalid('policy', `there is no policy ${policy}`);
    }
    const now = await services.store.now();
    const known = await recordOf(services, params.vm, now);
    if (!known) throw await missingVm(services, params.vm);
    const updated = await services.protectedVms.update(params.vm, (vm = known) => {
      requireVersion(vm, ifMatch);
      return protect(vm, policy, now);
    });
    const vm = updated?.value ?? known;
    // Nothing is to be put back any more on a VM that somebody has decided on.
    const decided = vm.unfinishedRestores === undefined ? (known.unfinishedRestores ?? []) : [];
    for (const { jobId } of decided) await deleteKept(services.store, jobId);
    return { headers: { etag: protectionEtag(vm) }, jsonBody: viewProtection(vm, inForce) };
  },
});
