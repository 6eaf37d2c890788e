// The interpreter: history and actions in, decision out. Pure, so it can be tested without a host.

import type { OrchestratorState } from '../durable-task/actions';
import { type EventRaised, EventType, type HistoryEvent, type ScheduledEvent } from '../durable-task/history';
import { failureText, InstanceFailure, NonDeterminism, Schedule } from './schedule';
import { Walk, type WalkContext } from './walk';

/**
 * What one episode decided. `scheduled` are the events that are new; their work is still to
 * be handed out. `onlyOpenTasksLeft` says that the orchestrator has ended and the instance
 * waits for tasks that nobody awaits, `isForgotten` that nothing is left that it could go on with by itself.
 */
export type Decision =
  | {
      kind: 'waiting';
      scheduled: ScheduledEvent[];
      openIds: number[];
      onlyOpenTasksLeft: boolean;
      isForgotten: boolean;
    }
  | { kind: 'completed'; scheduled: ScheduledEvent[]; output: unknown }
  | {
      kind: 'failed';
      scheduled: ScheduledEvent[];
      reason: string;
      details: string;
      state?: OrchestratorState;
    }
  | { kind: 'continuedAsNew'; scheduled: ScheduledEvent[]; input: unknown; carried: EventRaised[] };

/**
 * Decides what the Durable extension would do with the SDK's actions: a pure function of the history (new
 * events included) and of the state that the SDK returned after replaying it.
 *
 * The extension is itself a replaying orchestrator, so its view may differ from the SDK's; where they part,
 * this follows the extension, because that is what happens on Azure. Where the extension would hang for ever,
 * the decision is a failure that says so.
 */
export function interpret(
  history: HistoryEvent[],
  state: OrchestratorState,
  context: WalkContext & { orchestrator: string },
): Decision {
  const schedule = new Schedule();
  try {
    return replay(history, state, schedule, context);
  } catch (thrown) {
    if (!(thrown instanceof InstanceFailure)) throw thrown;
    const isDrift = thrown instanceof NonDeterminism;
    const reason = isDrift ? thrown.message : failureText(context.orchestrator, thrown);
    // What the framework has scheduled until it finds the drift goes out, though nobody waits for it any
    // more.
    const scheduled = isDrift ? schedule.newDecisions() : [];
    return { kind: 'failed', scheduled, reason, details: `Message: ${thrown.message}, StackTrace: ` };
  }
}

function replay(
  history: HistoryEvent[],
  state: OrchestratorState,
  schedule: Schedule,
  context: WalkContext & { orchestrator: string },
): Decision {
  const walk = new Walk(state.actions[0] ?? [], schedule, context);
  const carried: EventRaised[] = [];
  for (const event of history) {
    switch (event.EventType) {
      case EventType.OrchestratorStarted:
        walk.setTime(event.Timestamp);
        break;
      case EventType.ExecutionStarted:
        walk.advance();
        break;
      case EventType.TaskScheduled:
      case EventType.SubOrchestrationInstanceCreated:
      case EventType.TimerCreated:
        schedule.confirm(event);
        break;
      case EventType.TaskCompleted:
      case EventType.SubOrchestrationInstanceCompleted:
        schedule.settle(event.TaskScheduledId, true);
        break;
      case EventType.TaskFailed:
      case EventType.SubOrchestrationInstanceFailed:
        schedule.settle(event.TaskScheduledId, false);
        break;
      case EventType.TimerFired:
        schedule.settle(event.TimerId, true);
        break;
      case EventType.EventRaised:
        if (walk.continueAsNew) carried.push(event);
        else walk.raise(event.Name);
        break;
    }
  }
  return conclude(state, schedule, walk, carried, context.orchestrator);
}

/** An instance finishes only when the list of actions is exhausted and nothing is open. */
function conclude(
  state: OrchestratorState,
  schedule: Schedule,
  walk: Walk,
  carried: EventRaised[],
  orchestrator: string,
): Decision {
  const scheduled = schedule.newDecisions();
  if (!walk.isExhausted || schedule.hasOpenTasks) {
    const onlyOpenTasksLeft = walk.isExhausted && (state.isDone || state.error !== undefined);
    return { kind: 'waiting', scheduled, openIds: schedule.openIds, onlyOpenTasksLeft, isForgotten: false };
  }
  if (state.error) {
    return {
      kind: 'failed',
      scheduled,
      reason: failureText(orchestrator, state.error),
      details: `Message: ${state.error}, StackTrace: `,
      state,
    };
  }
  if (walk.continueAsNew) {
    return { kind: 'continuedAsNew', scheduled, input: walk.continueAsNew.input, carried };
  }
  if (state.isDone) return { kind: 'completed', scheduled, output: state.output };
  if (walk.hasGivenUp) {
    throw new InstanceFailure(
      'A `retryTimeoutInMilliseconds` has passed: the Durable extension has given the call up, the SDK waits ' +
        'for it for ever, and so would this instance on Azure. Use the number of attempts alone.',
    );
  }
  // An event that came under its name in other letter case was one for the extension and none for the SDK.
  return { kind: 'waiting', scheduled, openIds: [], onlyOpenTasksLeft: false, isForgotten: true };
}
