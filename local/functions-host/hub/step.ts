import type { Clock } from '../basics/clock';
import type { Log } from '../basics/log';
import { EventType, type HistoryEvent, isTerminal } from '../durable-task/history';
import type { Decision } from '../interpreter/interpreter';
import type { StoredHistory } from '../store/histories';
import type { InstanceRow } from '../store/instances';
import type { StoredMessage } from '../store/messages';
import type { Store } from '../store/store';
import { ThreadLost } from '../worker/app-thread-handle';
import { type CommitSettings, type Consequences, commitEpisode } from './commit';
import { applyControl, keepWhileSuspended } from './control';
import { type EpisodeRunner, receivedEvents, replay, withoutDuplicates } from './episode';
import type { Gathering } from './gather-completions';
import { waitingWarning } from './warnings';

/** The Azure Storage provider gives at most this many messages to one episode. */
export const BATCH = 32;

export interface StepOptions extends EpisodeRunner, CommitSettings {
  store: Store;
  clock: Clock;
  log: Log;
}

/** What a step asks of the engine that takes it. */
export interface StepEngine {
  gathering: Gathering;
  /** Nothing is stored any more. */
  isStopped(): boolean;
  /** There is, or may be, more to do for an instance. */
  wake(instanceId: string): void;
  /** Sets in motion what a commit has asked for. */
  setInMotion(consequences: Consequences): void;
}

/**
 * Does the next thing for an instance: takes control messages first, else runs an
 * episode, if anything has arrived.
 */
export async function takeStep(id: string, options: StepOptions, engine: StepEngine): Promise<void> {
  const { store, clock, aids } = options;
  const instance = store.instances.get(id);
  if (!instance || isTerminal(instance.status)) {
    store.messages.removeAll(id);
    return;
  }
  const control = store.messages.control(id);
  if (control?.event.EventType === EventType.ExecutionResumed) {
    return runEpisode(instance, [control], options, engine);
  }
  if (control) {
    const parent = applyControl(store, instance, control, clock.now());
    if (parent) engine.wake(parent);
    return engine.wake(id);
  }
  if (instance.status !== 'Suspended' && !aids.oneByOne) await engine.gathering.wait(id);
  if (engine.isStopped()) return;
  const messages = store.messages.due(id, clock.now(), aids.oneByOne ? 1 : BATCH);
  if (messages.length === 0) return;
  if (instance.status !== 'Suspended') return runEpisode(instance, messages, options, engine);
  keepWhileSuspended(store, instance, messages, clock.now());
  engine.wake(id);
}

async function runEpisode(
  instance: InstanceRow,
  messages: StoredMessage[],
  options: StepOptions,
  engine: StepEngine,
): Promise<void> {
  const { store, clock, aids } = options;
  const { id } = instance;
  const history = store.histories.get(id);
  const fresh = withoutDuplicates(messages, instance.executionId, history);
  if (fresh.length === 0) {
    store.transaction(() => {
      for (const message of messages) store.messages.remove(message.id);
    });
    return engine.wake(id);
  }

  const startedAt = performance.now();
  const received = receivedEvents(fresh, history, clock.now());
  const outcome = await replayUnlessLost(instance, history, received, options);
  if (engine.isStopped()) return;
  if (!outcome) return engine.wake(id);
  aids.killPoint?.('episode:replayed');

  const { decision, customStatus } = outcome;
  const episode = { instance, messages, received, decision, customStatus, now: clock.now() };
  const consequences = commitEpisode(store, episode, options);
  if (decision.kind === 'waiting') {
    const milliseconds = performance.now() - startedAt;
    engine.gathering.remember(id, { milliseconds, openTasks: decision.openIds.length });
  } else engine.gathering.forget(id);
  report(instance, decision, history, options);
  engine.setInMotion(consequences);
  engine.wake(id);
}

/** Undefined when the app's thread ended meanwhile, and the episode is to be run again. */
async function replayUnlessLost(
  instance: InstanceRow,
  history: StoredHistory,
  received: HistoryEvent[],
  options: StepOptions,
) {
  try {
    return await replay(instance, history, received, options);
  } catch (error) {
    if (error instanceof ThreadLost) return undefined;
    throw error;
  }
}

function report(
  instance: InstanceRow,
  decision: Decision,
  history: StoredHistory,
  { log, clock }: StepOptions,
): void {
  const warning = waitingWarning(decision, history.events, clock.now());
  if (warning) log('warning', instance.name, `${instance.id}: ${warning}`);
  if (decision.kind === 'failed') log('error', instance.name, `${instance.id}: ${decision.reason}`);
}
