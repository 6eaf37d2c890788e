import { openDiskTarget } from '../compute/disk-target';
import { progressWriter } from '../jobs/disk-progress';
import { openDiskImage } from '../vault/restore/disk-image';
import { restorePart } from '../vault/restore/restore-part';
import { registerActivity } from './register-activity';

registerActivity(
  'restoreDiskPart',
  async ({ jobId, pointId, diskId, resourceId, sizeBytes, part }, services) => {
    const image = await openDiskImage(await services.vault(), pointId, diskId);
    const target = await openDiskTarget(services.compute, { diskResourceId: resourceId, sizeBytes });
    const onProgress = progressWriter(services.store, jobId, diskId, part);
    const { readBytes } = await restorePart(image, target, part, { onProgress });
    return { readBytes };
  },
);
