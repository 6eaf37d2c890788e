import {
  EventType,
  type HistoryEvent,
  isScheduled,
  type ScheduledEvent,
  type SubOrchestrationInstanceCreated,
} from '../durable-task/history';
import type { Decision } from '../interpreter/interpreter';
import type { InstanceRow } from '../store/instances';
import type { StoredMessage } from '../store/messages';
import type { Store } from '../store/store';
import { createInstance, newExecutionId, sendStart } from './execution';
import { type Ending, notifyParent, outputJson } from './outcome';
import type { TestAids } from './test-aids';
import { jsonOrNull } from './values';

/** One episode that is ready to be stored. */
export interface Episode {
  instance: InstanceRow;
  /** The messages that it consumed. */
  messages: StoredMessage[];
  /** OrchestratorStarted and the events of the messages. */
  received: HistoryEvent[];
  decision: Decision;
  /** JSON text. */
  customStatus: string | null;
  /** Time of the episode, milliseconds. */
  now: number;
}

/** What has to be set in motion after the commit. */
export interface Consequences {
  wake: string[];
  activities: number[];
  /** When the earliest timer of this episode is due. */
  nextTimer: number | undefined;
}

export interface CommitSettings {
  storeInputsInHistory: boolean;
  aids: TestAids;
}

/** Stores an episode: messages out, history, instance, consumed messages; all in one transaction. */
export function commitEpisode(store: Store, episode: Episode, settings: CommitSettings): Consequences {
  const { instance, decision, received, now } = episode;
  const { killPoint } = settings.aids;
  const consequences: Consequences = { wake: [], activities: [], nextTimer: undefined };
  const ending = endingOf(decision);

  store.histories.transaction(instance.id, () => {
    killPoint?.('episode:begun');
    for (const event of decision.scheduled) handOut(store, instance, event, now, consequences);
    if (ending) {
      const parent = notifyParent(store, now, instance, ending);
      if (parent) consequences.wake.push(parent);
    }
    killPoint?.('episode:sent');
    const before = store.histories.get(instance.id);
    const nextId = before.events.filter(isScheduled).length + decision.scheduled.length;
    const events: HistoryEvent[] = [
      ...received,
      ...scheduledEvents(decision, settings),
      ...completedEvent(decision, ending, now, nextId),
      { EventType: EventType.OrchestratorCompleted, EventId: -1, Timestamp: new Date(now).toISOString() },
    ];
    store.histories.append(instance.id, before, events);
    killPoint?.('episode:history');
    if (decision.kind === 'continuedAsNew') restart(store, episode, decision);
    else {
      store.instances.update(instance.id, {
        status: ending?.status ?? 'Running',
        output: ending ? outputJson(ending) : null,
        customStatus: episode.customStatus,
        updatedAt: now,
      });
    }
    killPoint?.('episode:instance');
    for (const message of episode.messages) store.messages.remove(message.id);
    if (ending) store.messages.removeAll(instance.id);
    killPoint?.('episode:deleted');
  });
  if (ending) store.histories.forget(instance.id);
  killPoint?.('episode:committed');
  return consequences;
}

function handOut(
  store: Store,
  instance: InstanceRow,
  event: ScheduledEvent,
  now: number,
  consequences: Consequences,
): void {
  const { id: instanceId, executionId } = instance;
  switch (event.EventType) {
    case EventType.TaskScheduled:
      consequences.activities.push(
        store.activities.add({
          instanceId,
          executionId,
          taskId: event.EventId,
          name: event.Name,
          input: event.Input ?? '[null]',
        }),
      );
      break;
    case EventType.TimerCreated: {
      const dueAt = visibleAt(Date.parse(event.FireAt), now);
      const timestamp = new Date(now).toISOString();
      const { FireAt, EventId: TimerId } = event;
      store.messages.add({
        instanceId,
        executionId,
        dueAt,
        event: { EventType: EventType.TimerFired, EventId: -1, Timestamp: timestamp, TimerId, FireAt },
      });
      consequences.nextTimer = Math.min(consequences.nextTimer ?? dueAt, dueAt);
      break;
    }
    case EventType.SubOrchestrationInstanceCreated:
      consequences.wake.push(startChild(store, instance, event, now));
      break;
  }
}

/**
 * When the message of a timer is seen: after whole seconds, because the storage client cuts a message's delay
 * to them. So a timer fires up to a second early.
 */
function visibleAt(fireAt: number, now: number): number {
  return now + Math.floor(Math.max(fireAt - now, 0) / 1_000) * 1_000;
}

/** @returns the instance to wake: the child, or the parent when an instance of the child's id is alive. */
function startChild(
  store: Store,
  parent: InstanceRow,
  event: SubOrchestrationInstanceCreated,
  now: number,
): string {
  const created = createInstance(store, now, {
    instanceId: event.InstanceId,
    name: event.Name,
    version: event.Version,
    input: event.Input,
    parent: {
      Name: parent.name,
      OrchestrationInstance: { InstanceId: parent.id, ExecutionId: parent.executionId },
      TaskScheduleId: event.EventId,
      Version: parent.version,
    },
    isByClient: false,
  });
  if (created) return event.InstanceId;
  store.messages.add({
    instanceId: parent.id,
    executionId: parent.executionId,
    dueAt: now,
    event: {
      EventType: EventType.SubOrchestrationInstanceFailed,
      EventId: -1,
      Timestamp: new Date(now).toISOString(),
      TaskScheduledId: event.EventId,
      Reason: `An orchestration instance with the id '${event.InstanceId}' is already alive.`,
      Details: 'On Azure the two would overwrite each other.',
    },
  });
  return parent.id;
}

function restart(
  store: Store,
  episode: Episode,
  decision: Extract<Decision, { kind: 'continuedAsNew' }>,
): void {
  const { instance, now } = episode;
  const executionId = newExecutionId(false);
  const input = jsonOrNull(decision.input);
  const { id: instanceId, name, version, parent } = instance;
  store.histories.remove(instanceId);
  store.instances.update(instanceId, {
    status: 'Running',
    output: null,
    customStatus: episode.customStatus,
    updatedAt: now,
    restart: { executionId, input },
  });
  sendStart(store, now, { instanceId, name, version, input, parent }, executionId, null);
  for (const event of decision.carried) {
    store.messages.add({ instanceId, executionId: null, dueAt: Date.parse(event.Timestamp), event });
  }
}

function scheduledEvents(decision: Decision, { storeInputsInHistory }: CommitSettings): HistoryEvent[] {
  return decision.scheduled.map((event) =>
    'Input' in event && !storeInputsInHistory ? { ...event, Input: null } : event,
  );
}

function completedEvent(
  decision: Decision,
  ending: Ending | undefined,
  now: number,
  nextId: number,
): HistoryEvent[] {
  if (!ending) return [];
  return [
    {
      EventType: EventType.ExecutionCompleted,
      EventId: nextId,
      Timestamp: new Date(now).toISOString(),
      OrchestrationStatus: ending.status,
      Result: ending.result,
      FailureDetails: (decision.kind === 'failed' && decision.state?.failureDetails) || null,
    },
  ];
}

function endingOf(decision: Decision): Ending | undefined {
  switch (decision.kind) {
    case 'completed': {
      const result = decision.output === undefined ? null : JSON.stringify(decision.output);
      return { status: 'Completed', result, details: null };
    }
    case 'failed':
      return { status: 'Failed', result: decision.reason, details: decision.details };
    default:
      return undefined;
  }
}
