import { openDiskTarget } from '../../compute/disks/disk-target';
import { nothingMoved } from '../../disks/disk-bytes';
import { untilCancelled } from '../../jobs/cancellation';
import { progressWriter } from '../../jobs/disk-progress';
import { countDamage } from '../../vault/damage/damage';
import { keepDamage } from '../../vault/damage/kept-damage';
import { openDisk } from '../../vault/restore/disk-image';
import { type RestoreProgress, restoreOpenedPart } from '../../vault/restore/restore-part';
import { registerActivity } from '../register-activity';

registerActivity(
  'restoreDiskPart',
  async ({ jobId, pointId, diskId, resourceId, sizeBytes, part }, services) => {
    const { vault, compute, jobs, store } = services;
    const disk = await openDisk(vault, pointId, diskId);
    const target = await openDiskTarget(compute, { diskResourceId: resourceId, sizeBytes });
    const write = progressWriter(store, jobId, diskId, part);
    const onProgress = ({ readBytes }: RestoreProgress) => write({ ...nothingMoved(), readBytes });
    const { readBytes, damage } = await untilCancelled(jobs, jobId, (signal) =>
      restoreOpenedPart(disk, target, part, { onProgress, signal }),
    );
    await keepDamage(vault, { pointId, jobId, diskId, part }, damage);
    return { readBytes, ...countDamage(damage) };
  },
);
