import { openDiskTarget } from '../../compute/disks/disk-target';
import { nothingMoved } from '../../disks/disk-bytes';
import { untilCancelled } from '../../jobs/cancellation';
import { progressWriter } from '../../jobs/disk-progress';
import { openDiskImage } from '../../vault/restore/disk-image';
import { type RestoreProgress, restorePart } from '../../vault/restore/restore-part';
import { registerActivity } from '../register-activity';

registerActivity(
  'restoreDiskPart',
  async ({ jobId, pointId, diskId, resourceId, sizeBytes, part }, services) => {
    const image = await openDiskImage(services.vault, pointId, diskId);
    const target = await openDiskTarget(services.compute, { diskResourceId: resourceId, sizeBytes });
    const write = progressWriter(services.store, jobId, diskId, part);
    const onProgress = ({ readBytes }: RestoreProgress) => write({ ...nothingMoved(), readBytes });
    const { readBytes } = await untilCancelled(services.jobs, jobId, (signal) =>
      restorePart(image, target, part, { onProgress, signal }),
    );
    return { readBytes };
  },
);
