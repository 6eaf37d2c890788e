import * as df from 'durable-functions';
import type { Failure } from '../../failures/failure';
import { callActivity, runOperation, type Steps } from '../../orchestration/steps/call-activity';
import type { Refused } from '../../protection/refusals';

/** What a sweep has behind it when it starts its next history. */
interface SweptSoFar {
  at?: string;
  removed?: number;
  discarded?: number;
  /** What could not be removed, and is not tried again by this sweep. */
  stayed?: number;
  turns?: number;
}

/**
 * A listing that goes on showing what is gone must not keep a sweep at work for ever; the next one comes
 * within the hour.
 */
const MOST_TURNS = 100;

const BY = 'sweep';

type Swept = { removed: number; discarded: number };

/**
 * Removes what interrupted runs left in Azure and in the container, and snapshots whose days of instant
 * restore are over; a few in each history, until nothing is left. What is refused is remembered, and told
 * once. Never throws.
 */
df.app.orchestration('sweep', function* sweep(context): Steps<Swept | undefined> {
  const { at, ...before }: SweptSoFar = context.df.getInput() ?? {};
  let { removed = 0, discarded = 0, stayed = 0 } = before;
  const turns = (before.turns ?? 0) + 1;
  const found = yield* callActivity(context, 'findLeftovers', stayed > 0 ? { at, skip: stayed } : { at });
  if (!found.ok) return { removed, discarded };
  const { restorePointIds, restored, more } = found.value;
  const turn = { by: BY, at: found.value.at };
  const refused: Refused[] = [...found.value.refused];
  const stays = (resourceId: string, { code, message }: Failure, jobId?: string) => {
    stayed++;
    refused.push({ resourceId, jobId, code, message });
  };
  for (const restorePointId of restorePointIds) {
    const outcome = yield* runOperation(context, 'removeSnapshot', { restorePointId });
    if (outcome.ok) removed++;
    else stays(restorePointId, outcome.failure);
  }
  for (const { resourceId, jobId, complete } of restored) {
    if (complete) {
      const done = yield* runOperation(context, 'completeRestored', { resourceIds: [resourceId] });
      if (!done.ok) stays(resourceId, done.failure, jobId);
      continue;
    }
    const outcome = yield* runOperation(context, 'discardHalfMade', { resourceId, jobId });
    if (!outcome.ok) stays(resourceId, outcome.failure, jobId);
    else if (outcome.value.discarded) discarded++;
  }
  if (refused.length > 0) yield* callActivity(context, 'noteRefusals', { ...turn, refused });
  if (more && turns < MOST_TURNS) {
    context.df.continueAsNew({ at: turn.at, removed, discarded, stayed, turns });
    return undefined;
  }
  if (!more) yield* callActivity(context, 'endSweep', turn);
  return { removed, discarded };
});
