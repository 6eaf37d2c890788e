import { nothingMoved } from '../../disks/disk-bytes';
import { untilCancelled } from '../../jobs/cancellation';
import { progressWriter } from '../../jobs/disk-progress';
import { keepDamage } from '../../vault/damage/kept-damage';
import { openDisk } from '../../vault/restore/disk-image';
import { verifyOpenedPart } from '../../vault/verify';
import { registerActivity } from '../register-activity';

registerActivity('verifyDiskPart', async ({ jobId, pointId, diskId, part }, { vault, store, jobs }) => {
  const disk = await openDisk(vault, pointId, diskId);
  const write = progressWriter(store, jobId, diskId, part);
  const onProgress = ({ readBytes }: { readBytes: number }) => write({ ...nothingMoved(), readBytes });
  const { damage, ...counts } = await untilCancelled(jobs, jobId, (signal) =>
    verifyOpenedPart(vault, disk, part, { onProgress, signal }),
  );
  await keepDamage(vault, { pointId, jobId, diskId, part }, damage);
  return counts;
});
