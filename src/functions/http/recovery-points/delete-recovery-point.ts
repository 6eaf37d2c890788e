import { z } from 'zod';
import { listedPoint } from '../../../api/view-points';
import { deletePoint, refuseHeld, undeleteUntil } from '../../../vault/points';
import { idsUnder } from '../../../vault/points/point-ids';
import { freedBy } from '../../../vault/retention/apply-retention';
import type { Vault } from '../../../vault/vault';
import { registerRoute } from '../register-route';

const Deletion = z.strictObject({
  id: z.string(),
  dryRun: z.boolean(),
  deletedAt: z.string().optional().meta({ description: 'Absent for a dry run.' }),
  undeleteUntil: z.string(),
  freesBytes: z.number().optional().meta({
    description:
      'With dryRun: what no other point needs, as stored. It is free after freesFrom, with the next maintenance.',
  }),
  freesBlobs: z.number().optional(),
  freesFrom: z.string(),
});

registerRoute('deleteRecoveryPoint', {
  method: 'DELETE',
  route: 'recovery-points/{point}',
  summary:
    'Deletes a recovery point; it can be undeleted until its grace period ends. With dryRun it only says what that frees, and from when',
  query: z.strictObject({ dryRun: z.enum(['true', 'false']).default('false') }),
  answers: { 200: Deletion },
  handler: async ({ params, query, vault }) =>
    query.dryRun === 'true'
      ? { jsonBody: await wouldFree(vault, params.point) }
      : { jsonBody: await deleted(vault, params.point) },
});

async function deleted(vault: Vault, pointId: string): Promise<z.output<typeof Deletion>> {
  const { deletedAt } = await deletePoint(vault, pointId, 'deleted through the API');
  const until = undeleteUntil(vault, deletedAt);
  return { id: pointId, dryRun: false, deletedAt, undeleteUntil: until, freesFrom: until };
}

/** When its grace ends, that of every point that is deleted already has ended: they count as gone. */
async function wouldFree(vault: Vault, pointId: string): Promise<z.output<typeof Deletion>> {
  await listedPoint(vault, pointId);
  await refuseHeld(vault, pointId);
  const until = undeleteUntil(vault, await vault.store.now());
  const { blobs, bytes } = await freedBy(vault, [pointId], await idsUnder(vault, 'tombstones/'));
  return {
    id: pointId,
    dryRun: true,
    undeleteUntil: until,
    freesBytes: bytes,
    freesBlobs: blobs,
    freesFrom: until,
  };
}
