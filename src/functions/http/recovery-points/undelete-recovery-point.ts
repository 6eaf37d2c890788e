import { describePoint, PointDescription } from '../../../api/describe-point';
import { readPoint, undeletePoint } from '../../../vault/points';
import { registerRoute } from '../register-route';

registerRoute('undeleteRecoveryPoint', {
  method: 'POST',
  route: 'recovery-points/{point}/undelete',
  summary: 'Takes the deletion of a recovery point back, within its grace period',
  answers: { 200: PointDescription },
  handler: async ({ params, vault }) => {
    await undeletePoint(vault, params.point);
    return { jsonBody: describePoint(await readPoint(vault, params.point)) };
  },
});
