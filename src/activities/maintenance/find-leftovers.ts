import { addSeconds } from '../../basics/time';
import { sweep } from '../../compute/leftovers/find-leftovers';
import { keepsSnapshot } from '../../protection/snapshot-lifetime';
import { registerActivity } from '../register-activity';

/** Nothing younger is looked at: its job may not have its record yet. */
const GRACE_SECONDS = 600;
/** What one sweep removes at most; the rest has its turn within the hour. */
const MOST_AT_ONCE = 100;

registerActivity('findLeftovers', async ({ at }, services) => {
  const { snapshots, openDisks } = await sweep(services.compute, {
    olderThan: addSeconds(at, -GRACE_SECONDS),
    isLive: (jobId) => keepsSnapshot(services, jobId, at),
  });
  return {
    restorePointIds: snapshots.slice(0, MOST_AT_ONCE).map(({ restorePointId }) => restorePointId),
    openDisks: openDisks.slice(0, MOST_AT_ONCE),
  };
});
