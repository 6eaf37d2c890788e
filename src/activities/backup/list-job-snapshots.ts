import { listOwnSnapshots } from '../../compute/snapshots/own-snapshots';
import { registerActivity } from '../register-activity';

registerActivity('listJobSnapshots', async ({ ref, vmId, jobId }, { compute }) => {
  const own = await listOwnSnapshots(compute, ref, vmId);
  return {
    restorePointIds: own
      .filter((snapshot) => snapshot.jobId === jobId)
      .map(({ restorePointId }) => restorePointId),
  };
});
