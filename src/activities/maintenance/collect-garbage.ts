import { expiringPoints } from '../../protection/retain';
import { collectGarbage } from '../../vault/garbage/collect-garbage';
import { registerActivity } from '../register-activity';

/** One is enough to hold collection up; of many the others are told when these are read again. */
const POINTS_TOLD = 8;

registerActivity('collectGarbage', async ({ dryRun }, services) => {
  const options = dryRun ? { without: await expiringPoints(services) } : {};
  const { purgedPoints, deletedBlobs, deletedBytes, youngBlobs, youngBytes, unreadable } =
    await collectGarbage(services.vault, options);
  // A dry run tells what goes in the end: what is too young today is garbage all the same.
  return {
    purgedPoints,
    freedBlobs: deletedBlobs + (dryRun ? youngBlobs : 0),
    freedBytes: deletedBytes + (dryRun ? youngBytes : 0),
    unreadable: unreadable.slice(0, POINTS_TOLD).map(({ pointId, failure: { code, message } }) => ({
      pointId,
      reason: `${code}: ${message}`.slice(0, 300),
    })),
  };
});
