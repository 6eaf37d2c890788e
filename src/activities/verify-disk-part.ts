import { untilCancelled } from '../jobs/cancellation';
import { progressWriter } from '../jobs/disk-progress';
import { openDiskImage } from '../vault/restore/disk-image';
import { type RestoreProgress, restorePart } from '../vault/restore/restore-part';
import { registerActivity } from './register-activity';

/** A restore to nowhere: every chunk is read and checked against its name, as a restore would. */
registerActivity('verifyDiskPart', async ({ jobId, pointId, diskId, part }, { vault, store, jobs }) => {
  const image = await openDiskImage(vault, pointId, diskId);
  const nowhere = { sizeBytes: image.sizeBytes, write: async () => undefined };
  const write = progressWriter(store, jobId, diskId, part);
  const onProgress = ({ readBytes }: RestoreProgress) => write({ readBytes, uploadedBytes: 0 });
  const { readBytes } = await untilCancelled(jobs, jobId, (signal) =>
    restorePart(image, nowhere, part, { onProgress, signal }),
  );
  return { readBytes };
});
