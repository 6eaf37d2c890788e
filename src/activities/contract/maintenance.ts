import type { JobProgress, MaintenanceResult } from '../../jobs/job';
import type { LeftoverSearch, Leftovers } from '../../protection/leftovers';
import type { VmToStart } from '../../protection/owed-starts';
import type { RetainedPoints, RetentionStep } from '../../protection/retain';

/** The activities of maintenance and of what comes every hour. */
export interface MaintenanceActivities {
  retainPoints: { input: RetentionStep; output: RetainedPoints };
  collectGarbage: { input: { dryRun: boolean }; output: CollectedGarbage };
  nextVmToStart: { input: { at: string; after?: string }; output: { vm?: VmToStart } };
  findLeftovers: { input: LeftoverSearch; output: Leftovers };
}

/** What the orchestrator of a maintenance job is given. */
export interface MaintenanceRequest {
  jobId: string;
  dryRun: boolean;
  /** Present when an earlier history of the same job has begun it. */
  begun?: BegunMaintenance;
}

/** Where retention goes on, and what it came to so far. */
export interface BegunMaintenance {
  shown: JobProgress;
  result: MaintenanceResult;
  afterVm: string;
}

export interface CollectedGarbage {
  purgedPoints: number;
  freedBlobs: number;
  freedBytes: number;
  /** The first points of which something could not be read: content stays that they may need. */
  unreadable: { pointId: string; reason: string }[];
}
