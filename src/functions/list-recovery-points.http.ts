import { describePoint } from '../backup/describe-point';
import { vmKeyOf } from '../http/keys';
import { notFound } from '../http/problem';
import { isKnownVm } from '../protection/known-vm';
import { surveyPoints } from '../vault/points';
import { registerRoute } from './register-route';

registerRoute('listRecoveryPoints', {
  method: 'GET',
  route: 'vms/{vm}/recovery-points',
  handler: async ({ request, vault, ...services }) => {
    const vmKey = vmKeyOf(request.params);
    const { points, refused } = await surveyPoints(vault, vmKey);
    if (points.length + refused.length === 0 && !(await isKnownVm(services, vmKey))) {
      throw notFound('VM', vmKey, 'GET /api/vms');
    }
    return { jsonBody: { recoveryPoints: points.map(describePoint), refused } };
  },
});
