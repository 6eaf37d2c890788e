import { listOwnSnapshots } from '../../compute/snapshots/own-snapshots';
import { registerActivity } from '../register-activity';

const DAY_MS = 86_400_000;

registerActivity('listExpiredSnapshots', async ({ ref, vmId, keepDays, newestRestorePointId }, services) => {
  const oldestKept = Date.parse(await services.store.now()) - keepDays * DAY_MS;
  const own = await listOwnSnapshots(services.compute, ref, vmId);
  return {
    restorePointIds: own
      .filter(
        ({ restorePointId, time }) =>
          restorePointId !== newestRestorePointId && Date.parse(time) < oldestKept,
      )
      .map(({ restorePointId }) => restorePointId),
  };
});
