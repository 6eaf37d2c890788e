import { expiringPoints } from '../../protection/retain';
import { collectGarbage } from '../../vault/garbage/collect-garbage';
import { collectionOf } from '../../vault/usage/kept-report';
import { registerActivity } from '../register-activity';

/** One is enough to hold collection up; of many the others are told when these are read again. */
const POINTS_TOLD = 8;

registerActivity('collectGarbage', async ({ dryRun }, services) => {
  // What retention would delete now waits for its grace period, as it does after a real run.
  const deleted = dryRun ? await expiringPoints(services) : [];
  const report = await collectGarbage(services.vault, { dryRun, deleted });
  return {
    ...collectionOf(report),
    unreadable: report.unreadable.slice(0, POINTS_TOLD).map(({ pointId, failure: { code, message } }) => ({
      pointId,
      reason: `${code}: ${message}`.slice(0, 300),
    })),
  };
});
