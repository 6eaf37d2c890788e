import type { Clock } from '../basics/clock';
import { type Log, readableFailure } from '../basics/log';
import { EventType, type TaskCompleted, type TaskFailed } from '../durable-task/history';
import { activityMetadata } from '../functions/activity-metadata';
import { invocationOf } from '../functions/invocations';
import type { Registry } from '../functions/registry';
import type { ActivityRow } from '../store/activities';
import { FunctionError } from '../worker/app-thread-handle';
import type { Invocation, InvocationResponse, TypedData } from '../worker/protocol';
import { activityFailure } from './failures';
import type { TestAids } from './test-aids';
import { activityInput, resultJson } from './values';
import { largeMessageWarning } from './warnings';

export interface AttemptOptions {
  registry: Registry;
  clock: Clock;
  log: Log;
  run(invocation: Invocation): Promise<InvocationResponse>;
  /** The value of a durable client binding. */
  client(): TypedData;
  aids: TestAids;
}

/**
 * Runs an activity once; what comes of it is an event for the history.
 * @throws ThreadLost when it is to run again.
 */
export async function attemptActivity(
  activity: ActivityRow,
  { registry, clock, log, run, client, aids }: AttemptOptions,
): Promise<TaskCompleted | TaskFailed> {
  const common = { EventId: -1, TaskScheduledId: activity.taskId };
  const timestamp = () => new Date(clock.now()).toISOString();
  const fn = registry.find('activity', activity.name);
  if (!fn) {
    const failure = activityFailure(activity.name, `The activity function '${activity.name}' is gone.`, '');
    return { EventType: EventType.TaskFailed, ...common, Timestamp: timestamp(), ...failure };
  }
  aids.killPoint?.('activity:started');
  const data = activityInput(activity.input);
  const invocation = invocationOf(fn, data, client, activityMetadata(activity.instanceId, data));
  try {
    const { returnValue } = await run(invocation);
    const Result = resultJson(returnValue);
    const warning = largeMessageWarning('The result', Result);
    if (warning) log('warning', activity.name, warning);
    return {
      EventType: EventType.TaskCompleted,
      ...common,
      Timestamp: timestamp(),
      Result,
    };
  } catch (error) {
    if (!(error instanceof FunctionError)) throw error;
    log('error', activity.name, readableFailure(error.message, error.functionStack));
    const failure = activityFailure(activity.name, error.message, error.functionStack);
    return { EventType: EventType.TaskFailed, ...common, Timestamp: timestamp(), ...failure };
  }
}
