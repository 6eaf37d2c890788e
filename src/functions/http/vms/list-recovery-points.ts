import { z } from 'zod';
import { describePoint, PointDescription, RefusedPointDescription } from '../../../api/describe-point';
import { notFound } from '../../../api/problem';
import { isKnownVm } from '../../../protection/known-vm';
import { surveyPoints } from '../../../vault/points';
import { registerRoute } from '../register-route';

registerRoute('listRecoveryPoints', {
  method: 'GET',
  route: 'vms/{vm}/recovery-points',
  summary: 'The recovery points of a VM, oldest first; deleted ones are not listed',
  answers: {
    200: z.strictObject({
      recoveryPoints: z.array(PointDescription),
      refused: z.array(RefusedPointDescription),
    }),
  },
  handler: async ({ params, vault, ...services }) => {
    const { points, refused } = await surveyPoints(vault, params.vm);
    if (points.length + refused.length === 0 && !(await isKnownVm(services, params.vm))) {
      throw notFound('VM', params.vm, 'GET /api/vms');
    }
    return { jsonBody: { recoveryPoints: points.map(describePoint), refused } };
  },
});
