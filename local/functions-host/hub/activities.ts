import { randomUUID } from 'node:crypto';
import type { Clock } from '../basics/clock';
import { messageOf } from '../basics/errors';
import { type Log, readableFailure } from '../basics/log';
import { EventType, type TaskCompleted, type TaskFailed } from '../durable-task/history';
import { invocationOf } from '../functions/invocations';
import type { Registry } from '../functions/registry';
import type { ActivityRow } from '../store/activities';
import type { Store } from '../store/store';
import { FunctionError, ThreadLost } from '../worker/app-thread-handle';
import type { Invocation, InvocationResponse, TypedData } from '../worker/protocol';
import { activityFailure } from './failures';
import type { TestAids } from './test-aids';
import { activityInput, resultJson } from './values';
import { largeMessageWarning } from './warnings';

/** After what should not happen, for example a full disk. */
const TRY_AGAIN_MS = 5_000;

export interface ActivityOptions {
  store: Store;
  registry: Registry;
  clock: Clock;
  log: Log;
  maxConcurrent: number;
  run(invocation: Invocation): Promise<InvocationResponse>;
  client(): TypedData;
  /** Called when a result has been stored. */
  wake(instanceId: string): void;
  aids: TestAids;
}

/**
 * Runs the queue of activities, at most `maxConcurrent` at a time. A result is stored in the same transaction that
 * takes the activity from the queue: killed in between, the activity runs again.
 */
export function activityDispatcher(options: ActivityOptions) {
  const { store, registry, clock, log, aids } = options;
  const queue: number[] = store.activities.ids();
  let running = 0;
  let stopped = false;

  const pump = () => {
    while (!stopped && running < options.maxConcurrent) {
      const id = queue.shift();
      if (id === undefined) return;
      running++;
      void runActivity(id).finally(() => {
        running--;
        pump();
      });
    }
  };

  async function runActivity(id: number): Promise<void> {
    const activity = store.activities.get(id);
    if (!activity) return;
    try {
      const result = await attempt(activity);
      const results = aids.duplicateActivities ? [result, await attempt(activity)] : [result];
      if (stopped) return;
      aids.killPoint?.('activity:finished');
      storeResults(activity, results);
      aids.killPoint?.('activity:committed');
      options.wake(activity.instanceId);
    } catch (error) {
      if (stopped) return;
      log('warning', activity.name, `The activity runs again: ${messageOf(error)}`);
      if (error instanceof ThreadLost) queue.push(id);
      else setTimeout(enqueue, TRY_AGAIN_MS, [id]).unref();
    }
  }

  async function attempt(activity: ActivityRow): Promise<TaskCompleted | TaskFailed> {
    const common = { EventId: -1, TaskScheduledId: activity.taskId };
    const timestamp = () => new Date(clock.now()).toISOString();
    const fn = registry.find('activity', activity.name);
    if (!fn) {
      const failure = activityFailure(activity.name, `The activity function '${activity.name}' is gone.`, '');
      return { EventType: EventType.TaskFailed, ...common, Timestamp: timestamp(), ...failure };
    }
    aids.killPoint?.('activity:started');
    const invocation = invocationOf(fn, activityInput(activity.input), options.client, {
      instanceId: { string: JSON.stringify(activity.instanceId) },
      data: activityInput(activity.input),
      'sys.RandGuid': { string: randomUUID() },
    });
    try {
      const { returnValue } = await options.run(invocation);
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

  function storeResults(activity: ActivityRow, results: (TaskCompleted | TaskFailed)[]): void {
    const { instanceId, executionId } = activity;
    store.transaction(() => {
      for (const event of results) store.messages.add({ instanceId, executionId, dueAt: clock.now(), event });
      store.activities.remove(activity.id);
    });
  }

  const enqueue = (ids: number[]): void => {
    queue.push(...ids);
    pump();
  };

  return {
    /** Queues activities that have just been committed. */
    enqueue,
    start: pump,
    stop(): void {
      stopped = true;
    },
  };
}

export type ActivityDispatcher = ReturnType<typeof activityDispatcher>;
