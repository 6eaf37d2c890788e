import { openTransferSource } from '../backup/transfer-source';
import { planTransfer } from '../vault/transfer/plan-transfer';
import { registerActivity } from './register-activity';

registerActivity('planDiskTransfer', async ({ jobId, diskId, sourceId, base }, services) => {
  const { source, reason } = await openTransferSource(services.compute, sourceId, base);
  const plan = await planTransfer(await services.vault(), {
    runId: jobId,
    diskId,
    source,
    base: base.pointId === undefined ? undefined : { pointId: base.pointId, diskId },
  });
  return {
    mode: plan.mode,
    reason: reason ?? plan.reason,
    parts: plan.parts,
    sizeBytes: source.sizeBytes,
    plannedBytes: plan.plannedBytes,
  };
});
