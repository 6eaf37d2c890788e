import type { Clock } from '../basics/clock';
import { messageOf } from '../basics/errors';
import type { Log } from '../basics/log';
import { isTerminal } from '../durable-task/history';
import type { Store } from '../store/store';
import { ThreadLost } from '../worker/app-thread-handle';
import { type CommitSettings, commitEpisode } from './commit';
import { applyControl } from './control';
import { type EpisodeRunner, receivedEvents, replay, withoutDuplicates } from './episode';
import { openTimerWarning } from './warnings';

export interface EngineOptions extends EpisodeRunner, CommitSettings {
  store: Store;
  clock: Clock;
  log: Log;
  maxConcurrent: number;
  /** Queues activities that have been committed. */
  enqueue(activityIds: number[]): void;
}

/** After what should not happen, for example a full disk. */
const TRY_AGAIN_MS = 5_000;

/** The Azure Storage provider gives at most this many messages to one episode. */
const BATCH = 32;

/** No completion waits longer than this for others to come. */
const LONGEST_COALESCING_MS = 50;

/**
 * Runs the episodes of all instances: takes what has arrived for an instance, replays its orchestrator, stores the
 * decision. One episode per instance at a time, at most `maxConcurrent` altogether.
 */
export function orchestrationEngine(options: EngineOptions) {
  const { store, clock, log, aids } = options;
  const ready = new Set<string>();
  const running = new Set<string>();
  /** How long the last episode of an instance took, and how many of its tasks are open. */
  const pace = new Map<string, { milliseconds: number; openTasks: number }>();
  /** Instances that wait for more completions before their next episode. */
  const gathering = new Map<string, () => void>();
  const alarm = timerAlarm(store, clock, (instanceIds) => {
    for (const id of instanceIds) wake(id);
  });
  let stopped = false;

  const wake = (instanceId: string) => {
    ready.add(instanceId);
    gathering.get(instanceId)?.();
    pump();
  };

  const pump = () => {
    if (stopped) return;
    for (const id of ready) {
      if (running.size >= options.maxConcurrent) return;
      if (running.has(id)) continue;
      ready.delete(id);
      running.add(id);
      void step(id)
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

  async function step(id: string): Promise<void> {
    const instance = store.instances.get(id);
    if (!instance || isTerminal(instance.status)) {
      store.messages.removeAll(id);
      return;
    }
    const control = store.messages.control(id);
    if (control) {
      const parent = applyControl(store, instance, control, clock.now());
      if (parent) wake(parent);
      return wake(id);
    }
    if (instance.status === 'Suspended') return;
    await coalesce(id);
    if (stopped) return;

    const messages = store.messages.due(id, clock.now(), aids.oneByOne ? 1 : BATCH);
    if (messages.length === 0) return;
    const history = store.histories.get(id);
    const fresh = withoutDuplicates(messages, instance.executionId, history);
    if (fresh.length === 0) {
      store.transaction(() => {
        for (const message of messages) store.messages.remove(message.id);
      });
      return wake(id);
    }

    const startedAt = performance.now();
    const received = receivedEvents(fresh, history, clock.now());
    const outcome = await replay(instance, history, received, options).catch((error: unknown) => {
      if (error instanceof ThreadLost) return undefined;
      throw error;
    });
    if (stopped) return;
    if (!outcome) return wake(id);
    aids.killPoint?.('episode:replayed');

    const { decision, customStatus } = outcome;
    const episode = { instance, messages, received, decision, customStatus, now: clock.now() };
    const { wake: others, activities, nextTimer } = commitEpisode(store, episode, options);
    if (decision.kind === 'waiting') {
      pace.set(id, { milliseconds: performance.now() - startedAt, openTasks: decision.openIds.length });
    } else pace.delete(id);
    const warning = openTimerWarning(decision, history.events, clock.now());
    if (warning) log('warning', instance.name, `${id}: ${warning}`);
    if (decision.kind === 'failed') log('error', instance.name, `${id}: ${decision.reason}`);
    if (nextTimer !== undefined) alarm.set(nextTimer);
    options.enqueue(activities);
    for (const other of others) wake(other);
    wake(id);
  }

  /**
   * A replay costs as much for one message as for many. So an instance with several open tasks waits for more
   * completions, for half of the time that its last episode took: at worst it takes half as long again, in a wide
   * fan-out a tenth.
   */
  async function coalesce(id: string): Promise<void> {
    const last = pace.get(id);
    if (!last || aids.oneByOne) return;
    const wait = Math.min(last.milliseconds / 2, LONGEST_COALESCING_MS);
    if (wait < 1 || last.openTasks <= 1) return;
    let arrived = 0;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, wait);
      gathering.set(id, () => {
        if (++arrived < BATCH) return;
        clearTimeout(timer);
        resolve();
      });
    });
    gathering.delete(id);
  }

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

/** Wakes instances when a message of theirs becomes visible, with a single timer for all of them. */
function timerAlarm(store: Store, clock: Clock, due: (instanceIds: string[]) => void) {
  let setFor = Number.POSITIVE_INFINITY;
  let cancel = () => {};

  const set = (dueAt: number) => {
    if (dueAt >= setFor) return;
    cancel();
    setFor = dueAt;
    cancel = clock.at(dueAt, sweep);
  };
  const sweep = () => {
    setFor = Number.POSITIVE_INFINITY;
    const now = clock.now();
    due(store.messages.instancesDue(now));
    const next = store.messages.nextDueAt(now);
    if (next !== undefined) set(next);
  };
  return { set, sweep, stop: () => cancel() };
}
