import { expiringPoints } from '../../protection/retain';
import { collectGarbage } from '../../vault/garbage/collect-garbage';
import { registerActivity } from '../register-activity';

registerActivity('collectGarbage', async ({ dryRun }, services) => {
  const options = dryRun ? { without: await expiringPoints(services) } : {};
  const { purgedPoints, deletedBlobs, deletedBytes, youngBlobs, youngBytes } = await collectGarbage(
    services.vault,
    options,
  );
  // A dry run tells what goes in the end: what is too young today is garbage all the same.
  return {
    purgedPoints,
    freedBlobs: deletedBlobs + (dryRun ? youngBlobs : 0),
    freedBytes: deletedBytes + (dryRun ? youngBytes : 0),
  };
});
