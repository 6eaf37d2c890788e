import { openDiskSource } from '../../compute/disks/disk-source';
import { movedOf } from '../../disks/disk-bytes';
import { untilCancelled } from '../../jobs/cancellation';
import { progressWriter } from '../../jobs/disk-progress';
import { transferPart } from '../../vault/transfer/transfer-part';
import { registerActivity } from '../register-activity';

registerActivity(
  'transferDiskPart',
  async ({ jobId, diskId, source: { sourceId }, base: { baseSourceId }, part }, services) => {
    const source = await openDiskSource(services.compute, { sourceId, baseSourceId });
    const vault = services.vault;
    const onProgress = progressWriter(services.store, jobId, diskId, part);
    const { counts } = await untilCancelled(services.jobs, jobId, (signal) =>
      transferPart(vault, {
        runId: jobId,
        diskId,
        part,
        source,
        sourceId,
        baseSourceId,
        onProgress,
        signal,
      }),
    );
    return movedOf(counts);
  },
);
