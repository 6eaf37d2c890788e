import { PointDescription } from '../../../api/describe-point';
import { listedPoint, viewPoint } from '../../../api/view-points';
import { registerRoute } from '../register-route';

registerRoute('getRecoveryPoint', {
  method: 'GET',
  route: 'recovery-points/{point}',
  summary: 'One recovery point; of a deleted one 410, with when, by whom, and until when it can be undeleted',
  answers: { 200: PointDescription },
  handler: async ({ params, ...services }) => {
    const point = await listedPoint(services.vault, params.point);
    return { jsonBody: await viewPoint(services, point) };
  },
});
