import { messageOf } from '../basics/errors';
import type { TaskCompleted, TaskFailed } from '../durable-task/history';
import type { ActivityRow } from '../store/activities';
import type { Store } from '../store/store';
import { ThreadLost } from '../worker/app-thread-handle';
import { type AttemptOptions, attemptActivity } from './attempt-activity';

/** After what should not happen, for example a full disk. */
const TRY_AGAIN_MS = 5_000;

export interface ActivityOptions extends AttemptOptions {
  store: Store;
  maxConcurrent: number;
  /** Called when a result has been stored. */
  wake(instanceId: string): void;
}

/**
 * Runs the queue of activities, at most `maxConcurrent` at a time. A result is stored in the same transaction
 * that takes the activity from the queue: killed in between, the activity runs again.
 */
export function activityDispatcher(options: ActivityOptions) {
  const { store, clock, log, aids } = options;
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
      const result = await attemptActivity(activity, options);
      const results = aids.duplicateActivities
        ? [result, await attemptActivity(activity, options)]
        : [result];
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
