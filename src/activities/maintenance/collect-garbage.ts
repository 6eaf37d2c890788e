import { expiringPoints } from '../../protection/retain';
import { collectGarbage } from '../../vault/garbage/collect-garbage';
import { registerActivity } from '../register-activity';

registerActivity('collectGarbage', async ({ dryRun }, services) => {
  // What retention would delete now waits for its grace period, as it does after a real run.
  const deleted = dryRun ? await expiringPoints(services) : [];
  const report = await collectGarbage(services.vault, { dryRun, deleted });
  return {
    purgedPoints: report.purgedPoints,
    freedBlobs: report.deletedBlobs,
    freedBytes: report.deletedBytes,
    youngBlobs: report.youngBlobs,
    youngBytes: report.youngBytes,
    youngUntil: report.youngUntil,
    waitingPoints: report.waitingPoints,
    waitingBlobs: report.waitingBlobs,
    waitingBytes: report.waitingBytes,
    waitingUntil: report.waitingUntil,
  };
});
