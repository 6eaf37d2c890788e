import { z } from 'zod';
import { addSeconds } from '../../../basics/time';
import { deletePoint } from '../../../vault/points';
import { registerRoute } from '../register-route';

registerRoute('deleteRecoveryPoint', {
  method: 'DELETE',
  route: 'recovery-points/{point}',
  summary: 'Deletes a recovery point; it can be undeleted until its grace period ends',
  answers: { 200: z.strictObject({ id: z.string(), deletedAt: z.string(), undeleteUntil: z.string() }) },
  handler: async ({ params, vault }) => {
    const { deletedAt } = await deletePoint(vault, params.point, 'deleted through the API');
    const undeleteUntil = addSeconds(deletedAt, vault.times.graceSeconds);
    return { jsonBody: { id: params.point, deletedAt, undeleteUntil } };
  },
});
