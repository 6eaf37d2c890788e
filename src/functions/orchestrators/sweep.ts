import * as df from 'durable-functions';
import { callActivity, runOperation, type Steps } from '../../orchestration/steps/call-activity';

/** Removes what interrupted runs left in Azure, and snapshots whose days of instant restore are over. Never throws. */
df.app.orchestration('sweep', function* sweep(context): Steps<{ removed: number; discarded: number }> {
  const at = context.df.currentUtcDateTime.toISOString();
  const found = yield* callActivity(context, 'findLeftovers', { at });
  let removed = 0;
  let discarded = 0;
  if (!found.ok) return { removed, discarded };
  for (const restorePointId of found.value.restorePointIds) {
    const outcome = yield* runOperation(context, 'removeSnapshot', { restorePointId });
    if (outcome.ok) removed++;
    else if (!context.df.isReplaying) context.warn(`A snapshot stays: ${outcome.failure.message}`);
  }
  for (const disk of found.value.openDisks) {
    const outcome = yield* runOperation(context, 'discardRestoreDisk', disk);
    if (outcome.ok) discarded++;
    else if (!context.df.isReplaying) context.warn(`A half-restored disk stays: ${outcome.failure.message}`);
  }
  return { removed, discarded };
});
