import type { OrchestrationContext } from 'durable-functions';
import * as df from 'durable-functions';
import { callActivity, runOperation, type Steps } from '../../orchestration/steps/call-activity';
import type { RestoreToSettle } from '../../restore/settle-restores';

/** What earlier histories of the same run have done. */
interface SettledSoFar {
  at?: string;
  /** The key of the VM that was looked at last. */
  after?: string;
  settled?: number;
}

const BY = 'settleRestores';

/**
 * Brings VMs back to disks of one time that restores in place have left half-changed, one in each history:
 * with all their new disks they keep them, otherwise the old ones are put back; a VM that ran is started.
 * What cannot be settled is told once, and tried again an hour later. Never throws.
 */
df.app.orchestration('settleRestores', function* settle(context): Steps<{ settled: number } | undefined> {
  const { at, after, settled = 0 }: SettledSoFar = context.df.getInput() ?? {};
  const next = yield* callActivity(context, 'nextRestoreToSettle', { at, after });
  if (!next.ok) return { settled };
  const { restore } = next.value;
  const turn = { by: BY, at: next.value.at };
  if (!restore) {
    yield* callActivity(context, 'endSweep', turn);
    return { settled };
  }
  const isSettled = yield* settleOne(context, restore, turn);
  context.df.continueAsNew({
    at: turn.at,
    after: restore.vmKey,
    settled: settled + (isSettled ? 1 : 0),
  });
  return undefined;
});

function* settleOne(
  context: OrchestrationContext,
  { jobId, vmKey, todo, resourceId }: RestoreToSettle,
  turn: { by: string; at: string },
): Steps<boolean> {
  if (todo === 'put-back') {
    const back = yield* runOperation(context, 'putBackLeft', { jobId, vmKey });
    if (!back.ok) {
      const { code, message } = back.failure;
      // Another job has the VM, and has to settle it first.
      if (code === 'BackupAlreadyRunning') return false;
      yield* callActivity(context, 'noteRefusals', {
        ...turn,
        refused: [{ resourceId, jobId, code, message }],
      });
      return false;
    }
  }
  const how = todo === 'keep' ? 'keep' : 'undone';
  const ended = yield* callActivity(context, 'endSettling', { jobId, vmKey, how });
  if (!ended.ok) return false;
  const { start, discard, complete } = ended.value;
  if (start) yield* runOperation(context, 'startVm', start);
  let isClean = true;
  if (complete.length > 0) {
    isClean = (yield* runOperation(context, 'completeRestored', { resourceIds: complete })).ok;
  }
  // What stays of them bears its tag: the sweep finds it, and tells of it.
  for (const one of discard) yield* runOperation(context, 'discardHalfMade', { resourceId: one, jobId });
  if (isClean) yield* callActivity(context, 'forgetRestore', { jobId });
  return true;
}
