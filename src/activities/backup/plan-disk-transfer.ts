import { openDiskSource } from '../../compute/disks/disk-source';
import { planTransfer } from '../../vault/transfer/plan-transfer';
import { registerActivity } from '../register-activity';

registerActivity(
  'planDiskTransfer',
  async ({ jobId, diskId, source: { sourceId, uniqueId, familyId }, base }, services) => {
    const { point, anotherDisk, baseSourceId } = base;
    return planTransfer(services.vault, {
      runId: jobId,
      diskId,
      source: await openDiskSource(services.compute, { sourceId, baseSourceId }),
      sourceId,
      baseSourceId,
      base: point,
      identity: anotherDisk ? undefined : { uniqueId, snapshotFamily: familyId },
    });
  },
);
