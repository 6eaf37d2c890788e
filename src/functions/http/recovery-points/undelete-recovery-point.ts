import { PointDescription } from '../../../api/describe-point';
import { listedPoint, viewPoint } from '../../../api/view-points';
import { undeletePoint } from '../../../vault/points';
import { registerRoute } from '../register-route';

registerRoute('undeleteRecoveryPoint', {
  method: 'POST',
  route: 'recovery-points/{point}/undelete',
  summary: 'Takes the deletion of a recovery point back, within its grace period',
  answers: { 200: PointDescription },
  handler: async ({ params, ...services }) => {
    await undeletePoint(services.vault, params.point);
    const point = await listedPoint(services.vault, params.point);
    return { jsonBody: await viewPoint(services, point) };
  },
});
