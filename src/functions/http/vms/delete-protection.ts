import { z } from 'zod';
import { backupRunning, notFound } from '../../../api/problem';
import { ProtectionView, protectionEtag, requireVersion, viewProtection } from '../../../api/protection-view';
import { orderedParallel } from '../../../basics/ordered-parallel';
import { stopProtection } from '../../../protection/change-protection';
import { recordOf } from '../../../protection/known-vm';
import { deletePoint, surveyPoints } from '../../../vault/points';
import type { Vault } from '../../../vault/vault';
import { registerRoute } from '../register-route';

const DELETES_AT_ONCE = 8;

registerRoute('deleteProtection', {
  method: 'DELETE',
  route: 'vms/{vm}/protection',
  summary: 'Stops the protection of a VM; its points are retained, or deleted with a grace period',
  query: z.strictObject({ data: z.enum(['retain', 'delete']).default('retain') }),
  answers: { 200: z.strictObject({ ...ProtectionView.shape, deletedPoints: z.number() }) },
  heeds: ['If-Match'],
  handler: async ({ params, query: { data }, ifMatch, vault, ...services }) => {
    const now = await services.store.now();
    const known = await recordOf(services, params.vm, now);
    if (!known) throw notFound('VM', params.vm, 'GET /api/vms');
    const updated = await services.protectedVms.update(params.vm, (vm = known) => {
      requireVersion(vm, ifMatch);
      // A running backup would list one more point after the others were deleted.
      if (vm.running) throw backupRunning(vm.key, vm.running.jobId);
      return stopProtection(vm, data, now);
    });
    const vm = updated?.value ?? known;
    const doomed = data === 'delete' ? await pointIdsOf(vault, params.vm) : [];
    const deletions = orderedParallel(doomed, DELETES_AT_ONCE, (pointId) =>
      deletePoint(vault, pointId, 'protection was stopped and the data deleted'),
    );
    for await (const _deleted of deletions);
    return {
      headers: { etag: protectionEtag(vm) },
      jsonBody: { ...viewProtection(vm), deletedPoints: doomed.length },
    };
  },
});

/** Also of points whose manifest cannot be read. */
async function pointIdsOf(vault: Vault, vmKey: string): Promise<string[]> {
  const { points, refused } = await surveyPoints(vault, vmKey);
  return [...points, ...refused].map(({ pointId }) => pointId);
}
