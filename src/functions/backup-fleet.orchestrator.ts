import * as df from 'durable-functions';
import { callActivity, type Steps } from './orchestration/call-activity';

/**
 * Started by the scheduler when backups are due: claims them and runs them in lanes, as many at once as the settings allow. Each
 * lane backs up its VMs one after the other, so that one slow VM holds up its own lane only.
 */
df.app.orchestration('backupFleet', function* backupFleet(context): Steps<{ claimed: number }> {
  const claimed = yield* callActivity(context, 'claimDueBackups', { scheduledBy: context.df.instanceId });
  if (!claimed.ok || claimed.value.lanes.length === 0) return { claimed: 0 };
  const { lanes } = claimed.value;
  yield context.df.Task.all(
    lanes.map((requests) => context.df.callSubOrchestrator('backupLane', { requests })),
  );
  return { claimed: lanes.flat().length };
});
