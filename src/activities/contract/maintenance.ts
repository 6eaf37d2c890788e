import type { RetainedPoints, RetentionStep } from '../../protection/retain';

/** The activities of maintenance and of the sweep. */
export interface MaintenanceActivities {
  retainPoints: { input: RetentionStep; output: RetainedPoints };
  collectGarbage: { input: { dryRun: boolean }; output: CollectedGarbage };
  findLeftovers: { input: { at: string }; output: Leftovers };
}

/** What the orchestrator of a maintenance job is given. */
export interface MaintenanceRequest {
  jobId: string;
  dryRun: boolean;
}

export interface CollectedGarbage {
  purgedPoints: number;
  freedBlobs: number;
  freedBytes: number;
}

/** What interrupted or expired work left in Azure; the rest is found the next time. */
export interface Leftovers {
  restorePointIds: string[];
  /** Disks of restores that never got all their bytes. */
  openDisks: { resourceId: string; jobId: string }[];
}
