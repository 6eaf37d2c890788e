import { collectGarbage } from '../garbage/collect-garbage';
import { listPoints } from '../points/list-points';
import { deletePoint } from '../points/tombstone';
import type { Vault } from '../vault';
import { planRetention, type RetentionPlan, type RetentionRules } from './plan-retention';

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
  const plan = planRetention(await listPoints(vault, vmKey), rules, { timeZone });
  if (dryRun) return { ...plan, wouldFreeBytes: await bytesOnlyIn(vault, plan.expire) };
  for (const pointId of plan.expire) await deletePoint(vault, pointId, `retention ${JSON.stringify(rules)}`);
  return plan;
}

/** Bytes that would be unreferenced without these points, beyond what is unreferenced already. */
export async function bytesOnlyIn(vault: Vault, pointIds: string[]): Promise<number> {
  if (pointIds.length === 0) return 0;
  const now = await collectGarbage(vault, { without: [] });
  const then = await collectGarbage(vault, { without: pointIds });
  return then.deletedBytes + then.youngBytes - now.deletedBytes - now.youngBytes;
}
