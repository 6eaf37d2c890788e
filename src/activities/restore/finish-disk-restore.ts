import { openDiskTarget } from '../../compute/disks/disk-target';
import { registerActivity } from '../register-activity';

registerActivity('finishDiskRestore', async ({ resourceId, sizeBytes }, { compute }) => {
  const target = await openDiskTarget(compute, { diskResourceId: resourceId, sizeBytes });
  await target.finish();
  return {};
});
