import * as df from 'durable-functions';
import { callActivity, runOperation, type Steps } from '../../orchestration/steps/call-activity';

/** What earlier histories of the same run have done. */
interface StartedSoFar {
  at?: string;
  /** The key of the VM that was looked at last. */
  after?: string;
  started?: number;
}

/**
 * Starts the VMs that ran before a restore in place and were left off by it, one in each history. What does
 * not start now is tried again an hour later. Never throws.
 */
df.app.orchestration('startVms', function* startVms(context): Steps<{ started: number } | undefined> {
  const { at, after, started = 0 }: StartedSoFar = context.df.getInput() ?? {};
  const next = yield* callActivity(context, 'nextVmToStart', { at, after });
  const vm = next.ok ? next.value.vm : undefined;
  if (!vm) return { started };
  const outcome = yield* runOperation(context, 'startVm', vm);
  if (!outcome.ok && !context.df.isReplaying) {
    context.warn(`The VM ${vm.ref.name} stays off: ${outcome.failure.message}`);
  }
  context.df.continueAsNew({
    at: next.ok ? next.value.at : at,
    after: vm.vmKey,
    started: started + (outcome.ok ? 1 : 0),
  });
  return undefined;
});
