import { z } from 'zod';
import { listedPoint } from '../../../api/view-points';
import { holdPoint, type Keeping, releasePoint } from '../../../vault/points';
import { registerRoute } from '../register-route';

const Held = z.strictObject({
  id: z.string(),
  hold: z.strictObject({ reason: z.string(), since: z.string() }).optional(),
});

const answer = ({ pointId, hold }: Keeping) => ({ jsonBody: { id: pointId, hold } });

registerRoute('holdRecoveryPoint', {
  method: 'PUT',
  route: 'recovery-points/{point}/hold',
  summary: 'Holds a recovery point: until it is let go, neither people nor retention delete it',
  body: z.strictObject({
    reason: z.string().trim().min(1, 'say why, in a few words').max(1024),
  }),
  answers: { 200: Held },
  handler: async ({ params, body, vault }) => {
    await listedPoint(vault, params.point);
    return answer(await holdPoint(vault, params.point, body.reason));
  },
});

registerRoute('releaseRecoveryPoint', {
  method: 'DELETE',
  route: 'recovery-points/{point}/hold',
  summary: 'Lets a held recovery point go; one that is not held stays as it is',
  answers: { 200: Held },
  handler: async ({ params, vault }) => {
    await listedPoint(vault, params.point);
    return answer(await releasePoint(vault, params.point));
  },
});
