import type { Operation } from '../../compute/arm/operation';
import type { CollectionResult, JobProgress, MaintenanceResult } from '../../jobs/job';
import type { LeftoverSearch, Leftovers } from '../../protection/leftovers';
import type { VmToStart } from '../../protection/owed-starts';
import type { Refused, SweepTurn } from '../../protection/refusals';
import type { RetainedPoints, RetentionStep } from '../../protection/retain';
import type {
  RestoreToSettle,
  SettledRestore,
  SettleSearch,
  UnsettledRestore,
} from '../../restore/settle-restores';
import type { Resumed } from './resumed';

/** The activities of maintenance and of what comes every hour. */
export interface MaintenanceActivities {
  retainPoints: { input: RetentionStep; output: RetainedPoints };
  collectGarbage: { input: { dryRun: boolean }; output: CollectedGarbage };
  measureVault: { input: { collected: CollectionResult; dryRun: boolean }; output: Record<string, never> };
  nextVmToStart: { input: { at?: string; after?: string }; output: { at: string; vm?: VmToStart } };
  findLeftovers: { input: LeftoverSearch; output: Leftovers };
  discardHalfMade: {
    input: { resourceId: string; jobId: string } & Resumed;
    output: Operation<{ discarded: boolean }>;
  };
  /** Takes the tag of what is half-made off. */
  completeRestored: { input: { resourceIds: string[] } & Resumed; output: Operation<unknown> };
  noteRefusals: { input: SweepTurn & { refused: Refused[] }; output: Record<string, never> };
  endSweep: { input: SweepTurn; output: { swept: number } };
  nextRestoreToSettle: { input: SettleSearch; output: { at: string; restore?: RestoreToSettle } };
  putBackLeft: { input: UnsettledRestore & Resumed; output: Operation<unknown> };
  endSettling: {
    input: SettledRestore;
    output: { start?: VmToStart; discard: string[]; complete: string[] };
  };
  forgetRestore: { input: { jobId: string }; output: Record<string, never> };
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
  /** How far the storage service's clock is ahead of the orchestrator's. */
  clockAheadMs?: number;
  result: MaintenanceResult;
  afterVm: string;
}

/**
 * What a collection came to, and the first points that could not be read: content stays that they may need.
 */
export type CollectedGarbage = CollectionResult & { unreadable: { pointId: string; reason: string }[] };
