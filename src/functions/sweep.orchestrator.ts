import * as df from 'durable-functions';
import { callActivity, runOperation, type Steps } from './orchestration/call-activity';

/** Removes what interrupted runs left in Azure, and snapshots whose days of instant restore are over. Never throws. */
df.app.orchestration('sweep', function* sweep(context): Steps<{ removed: number; closed: number }> {
  const at = context.df.currentUtcDateTime.toISOString();
  const found = yield* callActivity(context, 'findLeftovers', { at });
  let removed = 0;
  let closed = 0;
  if (!found.ok) return { removed, closed };
  for (const restorePointId of found.value.restorePointIds) {
    const outcome = yield* runOperation(context, 'removeSnapshot', { restorePointId });
    if (outcome.ok) removed++;
    else if (!context.df.isReplaying) context.warn(`A snapshot stays: ${outcome.failure.message}`);
  }
  for (const sourceId of found.value.openDiskIds) {
    const outcome = yield* runOperation(context, 'closeDiskAccess', { sourceId });
    if (outcome.ok) closed++;
    else if (!context.df.isReplaying) context.warn(`A disk stays open: ${outcome.failure.message}`);
  }
  return { removed, closed };
});
