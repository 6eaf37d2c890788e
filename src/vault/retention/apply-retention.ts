import { collectGarbage, type GarbageReport } from '../garbage/collect-garbage';
import { deletePoint } from '../points/tombstone';
import type { Vault } from '../vault';
import { planRetention, type RetentionPlan, type RetentionRules } from './plan-retention';
import { retainedPoints } from './retained-points';

export interface RetentionRequest {
  vmKey: string;
  rules: RetentionRules;
  /** IANA zone in which days, weeks, months and years begin. */
  timeZone?: string;
  /** Say what would go, and how many bytes that frees in the end; delete nothing. */
  dryRun?: boolean;
}

export interface RetentionResult extends RetentionPlan {
  /** With `dryRun`: bytes that only the expiring points keep in the vault. */
  wouldFreeBytes?: number;
}

/**
 * Deletes the points of one VM that its rules let go; they can be undeleted within the grace period. Points
 * whose manifest cannot be read are never expired.
 */
export async function applyRetention(vault: Vault, request: RetentionRequest): Promise<RetentionResult> {
  const { vmKey, rules, timeZone, dryRun = false } = request;
  const { points } = await retainedPoints(vault, vmKey);
  const plan = planRetention(points, rules, { timeZone });
  if (dryRun) return { ...plan, wouldFreeBytes: await bytesOnlyIn(vault, plan.expire) };
  for (const pointId of plan.expire)
    await deletePoint(vault, pointId, `retention ${JSON.stringify(rules)}`, 'retention');
  return plan;
}

/** Bytes that would be unreferenced without these points, beyond what is unreferenced already. */
async function bytesOnlyIn(vault: Vault, pointIds: string[]): Promise<number> {
  return (await freedBy(vault, pointIds)).bytes;
}

/**
 * What would be unreferenced without these points, beyond what is unreferenced already; `gone`: points that
 * count as gone in both.
 */
export async function freedBy(
  vault: Vault,
  pointIds: string[],
  gone: string[] = [],
): Promise<{ blobs: number; bytes: number }> {
  if (pointIds.length === 0) return { blobs: 0, bytes: 0 };
  const now = await collectGarbage(vault, { without: gone });
  const then = await collectGarbage(vault, { without: [...gone, ...pointIds] });
  const freed = (report: GarbageReport) => ({
    blobs: report.deletedBlobs + report.youngBlobs,
    bytes: report.deletedBytes + report.youngBytes,
  });
  return { blobs: freed(then).blobs - freed(now).blobs, bytes: freed(then).bytes - freed(now).bytes };
}
