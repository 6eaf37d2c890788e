import { missingVm } from '../../../api/missing-vm';
import { ProtectionView, protectionEtag, viewProtection } from '../../../api/protection-view';
import { policiesInForce } from '../../../policies/policies';
import { recordOf } from '../../../protection/known-vm';
import { registerRoute } from '../register-route';

registerRoute('getProtection', {
  method: 'GET',
  route: 'vms/{vm}/protection',
  summary: 'How a VM is protected; the ETag serves to change just this',
  answers: { 200: ProtectionView },
  handler: async ({ params, ...services }) => {
    const vm = await recordOf(services, params.vm, await services.store.now());
    if (!vm) throw await missingVm(services, params.vm);
    const inForce = await policiesInForce(services.policies);
    return { headers: { etag: protectionEtag(vm) }, jsonBody: viewProtection(vm, inForce) };
  },
});
