import { z } from 'zod';
import { missingVm } from '../../../api/missing-vm';
import { backupRunning } from '../../../api/problem';
import { ProtectionView, protectionEtag, requireVersion, viewProtection } from '../../../api/protection-view';
import { orderedParallel } from '../../../basics/ordered-parallel';
import { BackupError } from '../../../failures/failure';
import { policiesInForce } from '../../../policies/policies';
import { stopProtection } from '../../../protection/change-protection';
import { recordOf } from '../../../protection/known-vm';
import { deletePoint, surveyPoints } from '../../../vault/points';
import type { Vault } from '../../../vault/vault';
import { registerRoute } from '../register-route';

const DELETES_AT_ONCE = 8;

registerRoute('deleteProtection', {
  method: 'DELETE',
  route: 'vms/{vm}/protection',
  summary:
    'Stops the protection of a VM; its points are retained, or deleted with a grace period, all but those that are held',
  query: z.strictObject({ data: z.enum(['retain', 'delete']).default('retain') }),
  answers: {
    200: z.strictObject({
      ...ProtectionView.shape,
      deletedPoints: z.number(),
      heldPoints: z.array(z.string()),
    }),
  },
  heeds: ['If-Match'],
  handler: async ({ params, query: { data }, ifMatch, vault, ...services }) => {
    const now = await services.store.now();
    const known = await recordOf(services, params.vm, now);
    if (!known) throw await missingVm({ ...services, vault }, params.vm);
    const updated = await services.protectedVms.update(params.vm, (vm = known) => {
      requireVersion(vm, ifMatch);
      // A running backup would list one more point after the others were deleted.
      if (vm.running) throw backupRunning(vm.key, vm.running.jobId);
      return stopProtection(vm, data, now);
    });
    const vm = updated?.value ?? known;
    const doomed = data === 'delete' ? await pointIdsOf(vault, params.vm) : [];
    const heldPoints: string[] = [];
    const deletions = orderedParallel(doomed, DELETES_AT_ONCE, async (pointId) => {
      if (!(await deleteUnlessHeld(vault, pointId))) heldPoints.push(pointId);
    });
    for await (const _deleted of deletions);
    const inForce = await policiesInForce(services.policies);
    return {
      headers: { etag: protectionEtag(vm) },
      jsonBody: {
        ...viewProtection(vm, inForce),
        deletedPoints: doomed.length - heldPoints.length,
        heldPoints,
      },
    };
  },
});

async function deleteUnlessHeld(vault: Vault, pointId: string): Promise<boolean> {
  try {
    await deletePoint(vault, pointId, 'protection was stopped and the data deleted');
    return true;
  } catch (error) {
    if (error instanceof BackupError && error.failure.code === 'RecoveryPointHeld') return false;
    throw error;
  }
}

/** Also of points whose manifest cannot be read. */
async function pointIdsOf(vault: Vault, vmKey: string): Promise<string[]> {
  const { points, refused } = await surveyPoints(vault, vmKey);
  return [...points, ...refused].map(({ pointId }) => pointId);
}
