import type { OrchestrationContext } from 'durable-functions';
import * as df from 'durable-functions';
import type { LaneInput } from '../../activities/contract';
import { staggerSeconds } from '../../basics/stagger';
import type { BackupRequest } from '../../jobs/backup-request';
import { callActivity, type Steps, sleep } from '../../orchestration/steps/call-activity';

/** Keeps one history far below 1,000 events: a backup adds about ten to its lane's. */
const BACKUPS_PER_HISTORY = 50;

/**
 * Lanes that start together would ask Azure for everything at the same moments. Durable timers know whole
 * seconds only.
 */
const LANES_A_SECOND = 4;

/**
 * One of the lanes that the whole fleet's backups run in, so that their number is the bound of what runs at
 * the same time. Takes what was asked for on demand first, then what is due for the VM whose last turn is
 * longest ago, backs it up, and takes the next, until nothing is left. A backup returns its failures;
 * whatever else happens to one must not cost the next.
 */
df.app.orchestration('backupLane', function* backupLane(context): Steps<undefined> {
  const { lane, underWay = false }: LaneInput = context.df.getInput();
  if (!underWay) yield* sleep(context, staggerSeconds(lane, LANES_A_SECOND));
  for (let turn = 0; turn < BACKUPS_PER_HISTORY; turn++) {
    const scheduledBy = `${context.df.instanceId}.${context.df.currentUtcDateTime.toISOString()}.${turn}`;
    const request = yield* nextBackup(context, scheduledBy);
    if (!request) return undefined;
    try {
      yield context.df.callSubOrchestrator('backupVm', request, request.jobId);
    } catch {
      // The backup's record is ended by whoever finds it without an orchestration.
      if (!context.df.isReplaying) context.warn(`The backup ${request.jobId} ended without an outcome.`);
    }
  }
  context.df.continueAsNew({ lane, underWay: true });
  return undefined;
});

function* nextBackup(context: OrchestrationContext, scheduledBy: string): Steps<BackupRequest | undefined> {
  const queued = yield* callActivity(context, 'takeQueuedBackup', { takenBy: scheduledBy });
  if (queued.ok && queued.value.request) return queued.value.request;
  const claimed = yield* callActivity(context, 'claimNextBackup', { scheduledBy });
  return claimed.ok ? claimed.value.request : undefined;
}
