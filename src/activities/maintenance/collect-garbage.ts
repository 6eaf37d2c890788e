import { retainNextVms } from '../../protection/retain';
import type { Services } from '../../services';
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

async function expiringPoints(services: Services): Promise<string[]> {
  const expiring: string[] = [];
  let afterVm: string | undefined;
  do {
    const { expired, nextAfterVm } = await retainNextVms(services, { dryRun: true, afterVm });
    expiring.push(...expired);
    afterVm = nextAfterVm;
  } while (afterVm !== undefined);
  return expiring;
}
