import { notFound } from '../../../api/problem';
import { ProtectionView, protectionEtag, viewProtection } from '../../../api/protection-view';
import { recordOf } from '../../../protection/known-vm';
import { registerRoute } from '../register-route';

registerRoute('getProtection', {
  method: 'GET',
  route: 'vms/{vm}/protection',
  summary: 'How a VM is protected; the ETag serves to change just this',
  answers: { 200: ProtectionView },
  handler: async ({ params, ...services }) => {
    const vm = await recordOf(services, params.vm, await services.store.now());
    if (!vm) throw notFound('VM', params.vm, 'GET /api/vms');
    return { headers: { etag: protectionEtag(vm) }, jsonBody: viewProtection(vm) };
  },
});
