import { EventType, type HistoryEvent, type RuntimeStatus } from '../durable-task/history';
import type { InstanceRow } from '../store/instances';
import type { StoredMessage } from '../store/messages';
import type { Store } from '../store/store';
import { type Ending, notifyParent, outputJson } from './outcome';

/**
 * Applies a message that suspends, resumes or terminates an instance. No orchestrator code runs. Termination
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
      ? { status: 'Terminated', result: event.Input, details: null }
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
      status: terminated?.status ?? statusAfter(event.EventType, instance),
      output: terminated ? outputJson(terminated) : instance.output,
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

function statusAfter(type: EventType, instance: InstanceRow): RuntimeStatus {
  if (type === EventType.ExecutionSuspended) return 'Suspended';
  return instance.status === 'Suspended' ? 'Running' : instance.status;
}
