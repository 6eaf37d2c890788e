import { EventType, type HistoryEvent, type MessageEvent } from '../durable-task/history';
import type { InstanceRow } from '../store/instances';
import type { StoredMessage } from '../store/messages';
import type { Store } from '../store/store';
import { withoutDuplicates } from './episode';
import { type Ending, notifyParent, outputJson } from './outcome';

/**
 * Applies a message that suspends or terminates an instance. No orchestrator code runs. A suspended instance
 * shows the reason as its output. Termination
 * is immediate: what is still on its way to the instance is dropped; running activities end by themselves
 * and children go on, as on Azure.
 *
 * @returns the parent to wake, if there is one that waits.
 */
export function applyControl(
  store: Store,
  instance: InstanceRow,
  message: StoredMessage,
  now: number,
): string | undefined {
  const { event } = message;
  const terminated: Ending | undefined =
    event.EventType === EventType.ExecutionTerminated
      ? { status: 'Terminated', result: event.Input?.trim() ?? null, details: null }
      : undefined;
  const common = { EventId: -1, Timestamp: new Date(now).toISOString() };
  const events: HistoryEvent[] = [
    { EventType: EventType.OrchestratorStarted, ...common },
    event,
    ...(terminated
      ? [
          {
            EventType: EventType.ExecutionCompleted,
            ...common,
            OrchestrationStatus: terminated.status,
            Result: terminated.result,
            FailureDetails: null,
          },
        ]
      : []),
    { EventType: EventType.OrchestratorCompleted, ...common },
  ];
  const parent = store.histories.transaction(instance.id, () => {
    store.histories.append(instance.id, store.histories.get(instance.id), events);
    store.instances.update(instance.id, {
      status: terminated?.status ?? 'Suspended',
      output: terminated ? outputJson(terminated) : reasonJson(event),
      customStatus: instance.customStatus,
      updatedAt: now,
    });
    if (terminated) store.messages.removeAll(instance.id);
    else store.messages.remove(message.id);
    return terminated && notifyParent(store, now, instance, terminated);
  });
  if (terminated) store.histories.forget(instance.id);
  return parent;
}

/**
 * What has come for an instance that is suspended goes into its history; it acts when the instance
 * resumes.
 */
export function keepWhileSuspended(
  store: Store,
  instance: InstanceRow,
  messages: StoredMessage[],
  now: number,
): void {
  const history = store.histories.get(instance.id);
  const common = { EventId: -1, Timestamp: new Date(now).toISOString() };
  const fresh = withoutDuplicates(messages, instance.executionId, history);
  store.histories.transaction(instance.id, () => {
    if (fresh.length > 0) {
      store.histories.append(instance.id, history, [
        { EventType: EventType.OrchestratorStarted, ...common },
        ...fresh.map(({ event }) => event),
        { EventType: EventType.OrchestratorCompleted, ...common },
      ]);
    }
    for (const message of messages) store.messages.remove(message.id);
  });
}

function reasonJson(event: MessageEvent): string | null {
  const reason = event.EventType === EventType.ExecutionSuspended ? event.Reason : null;
  return reason === null ? null : JSON.stringify(reason.trim());
}
