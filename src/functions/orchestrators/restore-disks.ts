import type { OrchestrationContext } from 'durable-functions';
import * as df from 'durable-functions';
import type { DiskRestoreResult } from '../../activities/contract';
import { backupError, type Failure, type Outcome } from '../../failures/failure';
import { damageFailure } from '../../jobs/disk-damage';
import { fitMessage } from '../../jobs/fit-message';
import type { JobDisk } from '../../jobs/job';
import type { Steps } from '../../orchestration/steps/call-activity';
import { allDisksInstanceId, diskInstanceId } from '../../orchestration/steps/instance-ids';
import { listOrders } from '../../orchestration/steps/list-orders';

interface RestoreDisksInput {
  jobId: string;
  count: number;
}

/** How the disks of a restore settled. */
export interface SettledDisks {
  disks: JobDisk[];
  /** The ids of those of which nothing is left: they failed and have been discarded. */
  discarded: string[];
  /** What they came without. */
  warnings: string[];
  /** Why the first of those failed that did. */
  failure?: Failure;
}

/**
 * All disks of a restore, in parallel; returns when every one of them has settled. An orchestration of its
 * own, because one of whose children somebody terminates fails beyond any catch (durable-functions 3.5):
 * whoever called it can catch that, and clean up.
 */
df.app.orchestration('restoreDisks', function* restoreDisks(context): Steps<SettledDisks> {
  const { jobId, count }: RestoreDisksInput = context.df.getInput();
  const orders = yield* listOrders(context, jobId, count);
  if (!orders.ok) return { disks: [], discarded: [], warnings: [], failure: orders.failure };
  const children = orders.value.map((order) =>
    context.df.callSubOrchestrator('restoreDisk', order, diskInstanceId(jobId, order.diskId)),
  );
  const results: DiskRestoreResult[] = yield context.df.Task.all(children);
  return {
    disks: fitMessage(results.map(({ disk }) => disk)),
    discarded: results.flatMap((result) => (!result.ok && result.discarded ? [result.disk.diskId] : [])),
    warnings: results.flatMap((result) => (result.ok ? (result.warnings ?? []) : [])),
    failure: failureOf(jobId, results),
  };
});

/** What kept the first disk from being restored; of disks that all are damaged, the damage of every one. */
function failureOf(jobId: string, results: DiskRestoreResult[]): Failure | undefined {
  const failed = results.flatMap((result) => (result.ok ? [] : [result]));
  const other = failed.find(({ damage }) => damage === undefined);
  if (other || failed.length === 0) return other?.failure;
  return damageFailure(
    jobId,
    failed.flatMap(({ disk: { name }, damage }) => (damage ? [{ name, damage }] : [])),
  );
}

/**
 * Has all disks restored. Never throws; fails with `JobInterrupted` when their orchestrations were ended from
 * outside.
 */
export function* callRestoreDisks(
  context: OrchestrationContext,
  input: RestoreDisksInput,
): Steps<Outcome<SettledDisks>> {
  try {
    const id = allDisksInstanceId(input.jobId);
    return { ok: true, value: yield context.df.callSubOrchestrator('restoreDisks', input, id) };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return { ok: false, failure: backupError('JobInterrupted', `A disk was given up: ${detail}`).failure };
  }
}
