import * as df from 'durable-functions';
import { callActivity, runOperation, type Steps } from '../../orchestration/steps/call-activity';

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

type Swept = { removed: number; discarded: number };

/**
 * Removes what interrupted runs left in Azure, and snapshots whose days of instant restore are over; a few in
 * each history, until nothing is left. Never throws.
 */
df.app.orchestration('sweep', function* sweep(context): Steps<Swept | undefined> {
  const { at = context.df.currentUtcDateTime.toISOString(), ...before }: SweptSoFar =
    context.df.getInput() ?? {};
  let { removed = 0, discarded = 0, stayed = 0 } = before;
  const turns = (before.turns ?? 0) + 1;
  const stays = (what: string, why: string) => {
    stayed++;
    if (!context.df.isReplaying) context.warn(`${what} stays: ${why}`);
  };
  const found = yield* callActivity(context, 'findLeftovers', stayed > 0 ? { at, skip: stayed } : { at });
  if (!found.ok) return { removed, discarded };
  for (const restorePointId of found.value.restorePointIds) {
    const outcome = yield* runOperation(context, 'removeSnapshot', { restorePointId });
    if (outcome.ok) removed++;
    else stays('A snapshot', outcome.failure.message);
  }
  for (const disk of found.value.openDisks) {
    const outcome = yield* runOperation(context, 'discardRestoreDisk', disk);
    if (outcome.ok) discarded++;
    else stays('A half-restored disk', outcome.failure.message);
  }
  if (!found.value.more || turns === MOST_TURNS) return { removed, discarded };
  context.df.continueAsNew({ at, removed, discarded, stayed, turns });
  return undefined;
});
