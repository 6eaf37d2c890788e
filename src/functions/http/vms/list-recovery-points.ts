import { z } from 'zod';
import { PointDescription, RefusedPointDescription } from '../../../api/describe-point';
import { notFound } from '../../../api/problem';
import { viewPoints } from '../../../api/view-points';
import { isKnownVm } from '../../../protection/known-vm';
import { readKeepings, surveyDeleted, surveyPoints } from '../../../vault/points';
import { registerRoute } from '../register-route';

registerRoute('listRecoveryPoints', {
  method: 'GET',
  route: 'vms/{vm}/recovery-points',
  summary: 'The recovery points of a VM, oldest first; with deleted=include also those that can be undeleted',
  query: z.strictObject({ deleted: z.enum(['include', 'exclude']).default('exclude') }),
  answers: {
    200: z.strictObject({
      recoveryPoints: z.array(PointDescription),
      refused: z.array(RefusedPointDescription),
    }),
  },
  handler: async ({ params: { vm }, query, ...services }) => {
    const { vault } = services;
    const { points, refused } = await surveyPoints(vault, vm);
    const deleted = query.deleted === 'include' ? await surveyDeleted(vault, vm) : [];
    if (points.length + refused.length + deleted.length === 0 && !(await isKnownVm(services, vm))) {
      throw notFound('VM', vm, 'GET /api/vms');
    }
    const recoveryPoints = await viewPoints(services, points, await readKeepings(vault, vm), deleted);
    return { jsonBody: { recoveryPoints, refused } };
  },
});
