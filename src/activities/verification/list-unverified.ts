import { knownVms } from '../../protection/fleet';
import { newestPoints } from '../../vault/points/newest-points';
import { needsVerification } from '../../vault/verify';
import { registerActivity } from '../register-activity';

/** How long the evidence of a verification counts. */
const EVIDENCE_DAYS = 30;

/** The newest points that nobody has read back for long, oldest first: those have waited longest. */
registerActivity('listUnverified', async ({ limit }, services) => {
  const keys = [...(await knownVms(services)).keys()];
  const newest = [...(await newestPoints(services.vault, keys)).values()];
  newest.sort((a, b) => (a.snapshotTime < b.snapshotTime ? -1 : 1));
  const pointIds: string[] = [];
  for (const { pointId } of newest) {
    if (pointIds.length === limit) break;
    if (await needsVerification(services.vault, pointId, EVIDENCE_DAYS)) pointIds.push(pointId);
  }
  return { pointIds };
});
