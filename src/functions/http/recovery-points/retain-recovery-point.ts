import { z } from 'zod';
import { Time } from '../../../api/time';
import { listedPoint } from '../../../api/view-points';
import { retainPoint } from '../../../vault/points';
import { registerRoute } from '../register-route';

registerRoute('retainRecoveryPoint', {
  method: 'PUT',
  route: 'recovery-points/{point}/retention',
  summary: 'Moves the end of a recovery point to a later time; retention rules may keep it longer still',
  body: z.strictObject({ retainUntil: Time }),
  answers: { 200: z.strictObject({ id: z.string(), retainUntil: z.string().optional() }) },
  handler: async ({ params, body, vault }) => {
    await listedPoint(vault, params.point);
    const until = new Date(body.retainUntil).toISOString();
    const { pointId, retainUntil } = await retainPoint(vault, params.point, until);
    return { jsonBody: { id: pointId, retainUntil } };
  },
});
