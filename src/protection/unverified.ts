import { newestPoints } from '../vault/points/newest-points';
import { needsVerification } from '../vault/verify';
import { knownVms } from './fleet';
import type { ProtectionServices } from './protection-services';

/** How long the evidence of a verification counts. */
const EVIDENCE_DAYS = 30;

/**
 * At most `limit` newest points that nobody has read back for long, by id, oldest first: those have waited
 * longest.
 */
export async function unverifiedPoints(
  services: Pick<ProtectionServices, 'vault' | 'protectedVms'>,
  limit: number,
): Promise<string[]> {
  const keys = [...(await knownVms(services)).keys()];
  const found = [...(await newestPoints(services.vault, keys)).values()];
  const newest = found.flatMap(({ point }) => point ?? []);
  newest.sort((a, b) => (a.snapshotTime < b.snapshotTime ? -1 : 1));
  const unverified: string[] = [];
  for (const { pointId } of newest) {
    if (unverified.length === limit) break;
    if (await needsVerification(services.vault, pointId, EVIDENCE_DAYS)) unverified.push(pointId);
  }
  return unverified;
}
