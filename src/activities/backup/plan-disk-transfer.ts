import { openDiskSource } from '../../compute/disks/disk-source';
import { BackupError } from '../../failures/failure';
import { type PlanRequest, planTransfer, type TransferPlan } from '../../vault/transfer/plan-transfer';
import type { Vault } from '../../vault/vault';
import { registerActivity } from '../register-activity';

registerActivity(
  'planDiskTransfer',
  async ({ jobId, diskId, source: { sourceId, uniqueId, familyId }, base }, services) => {
    const { pointId, baseSourceId } = base;
    const source = await openDiskSource(services.compute, { sourceId, baseSourceId });
    return planWithFallback(services.vault, {
      runId: jobId,
      diskId,
      source,
      sourceId,
      baseSourceId,
      base: pointId === undefined ? undefined : { pointId, diskId },
      identity: { uniqueId, snapshotFamily: familyId },
    });
  },
);

/** When the service will not compare the two snapshots, the allocated blocks are read instead: slower, never wrong. */
async function planWithFallback(vault: Vault, request: PlanRequest): Promise<TransferPlan> {
  try {
    return await planTransfer(vault, request);
  } catch (error) {
    if (!(error instanceof BackupError) || error.failure.code !== 'ChangedBlocksUnavailable') throw error;
    const { changedRanges: _refused, ...source } = request.source;
    return planTransfer(vault, { ...request, source, untrackedReason: error.failure.message });
  }
}
