import { nothingMoved } from '../../disks/disk-bytes';
import { untilCancelled } from '../../jobs/cancellation';
import { progressWriter } from '../../jobs/disk-progress';
import { openDiskImage } from '../../vault/restore/disk-image';
import { verifyPart } from '../../vault/verify';
import { registerActivity } from '../register-activity';

registerActivity('verifyDiskPart', async ({ jobId, pointId, diskId, part }, { vault, store, jobs }) => {
  const image = await openDiskImage(vault, pointId, diskId);
  const write = progressWriter(store, jobId, diskId, part);
  const onProgress = ({ checkedBytes }: { checkedBytes: number }) =>
    write({ ...nothingMoved(), readBytes: checkedBytes });
  return untilCancelled(jobs, jobId, (signal) => verifyPart(vault, image, part, { onProgress, signal }));
});
