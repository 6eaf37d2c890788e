import { describePoint, PointDescription } from '../../../api/describe-point';
import { readPoint } from '../../../vault/points';
import { registerRoute } from '../register-route';

registerRoute('getRecoveryPoint', {
  method: 'GET',
  route: 'recovery-points/{point}',
  summary: 'One recovery point',
  answers: { 200: PointDescription },
  handler: async ({ params, vault }) => ({ jsonBody: describePoint(await readPoint(vault, params.point)) }),
});
