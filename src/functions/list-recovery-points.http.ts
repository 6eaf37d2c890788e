import { vmKeyOf } from '../http/keys';
import { notFound } from '../http/problem';
import { isKnownVm } from '../protection/known-vm';
import { listPoints } from '../vault/points';
import { registerRoute } from './register-route';

registerRoute('listRecoveryPoints', {
  method: 'GET',
  route: 'vms/{vm}/recovery-points',
  handler: async ({ request, vault, ...services }) => {
    const vmKey = vmKeyOf(request.params);
    const recoveryPoints = await listPoints(await vault(), vmKey);
    if (recoveryPoints.length === 0 && !(await isKnownVm(services, vmKey))) {
      throw notFound('VM', vmKey, 'GET /api/vms');
    }
    return { jsonBody: { recoveryPoints } };
  },
});
