import { messageOf } from '../basics/errors';
import type { Consequences } from './commit';
import { gatherCompletions } from './gather-completions';
import { BATCH, type StepOptions, takeStep } from './step';
import { timerAlarm } from './timer-alarm';

export interface EngineOptions extends StepOptions {
  maxConcurrent: number;
  /** Queues activities that have been committed. */
  enqueue(activityIds: number[]): void;
}

/** After what should not happen, for example a full disk. */
const TRY_AGAIN_MS = 5_000;

/**
 * Runs the episodes of all instances: takes what has arrived for an instance, replays its orchestrator,
 * stores the decision. One episode per instance at a time, at most `maxConcurrent` altogether.
 */
export function orchestrationEngine(options: EngineOptions) {
  const { store, clock, log } = options;
  const ready = new Set<string>();
  const running = new Set<string>();
  const gathering = gatherCompletions(BATCH);
  const alarm = timerAlarm(store, clock, (instanceIds) => {
    for (const id of instanceIds) wake(id);
  });
  let stopped = false;

  const wake = (instanceId: string) => {
    ready.add(instanceId);
    gathering.arrived(instanceId);
    pump();
  };

  const setInMotion = ({ wake: others, activities, nextTimer }: Consequences) => {
    if (nextTimer !== undefined) alarm.set(nextTimer);
    options.enqueue(activities);
    for (const other of others) wake(other);
  };

  const step = { gathering, isStopped: () => stopped, wake, setInMotion };

  const pump = () => {
    if (stopped) return;
    for (const id of ready) {
      if (running.size >= options.maxConcurrent) return;
      if (running.has(id)) continue;
      ready.delete(id);
      running.add(id);
      void takeStep(id, options, step)
        .catch((error: unknown) => {
          if (stopped) return;
          log('critical', 'host', `Instance ${id} cannot go on, and tries again: ${messageOf(error)}`);
          setTimeout(wake, TRY_AGAIN_MS, id).unref();
        })
        .finally(() => {
          running.delete(id);
          pump();
        });
    }
  };

  return {
    /** Something has been stored for the instance. */
    wake,
    /** Takes up everything that a former host left behind. */
    start(): void {
      alarm.sweep();
    },
    stop(): void {
      stopped = true;
      alarm.stop();
    },
  };
}

export type Engine = ReturnType<typeof orchestrationEngine>;
