import { randomUUID } from 'node:crypto';
import type { Clock } from '../basics/clock';
import { EventType, type HistoryEvent, isTerminal, type MessageEvent } from '../durable-task/history';
import type { Registry } from '../functions/registry';
import type { InstanceFilter, InstanceRow } from '../store/instances';
import type { Store } from '../store/store';
import { createInstance, removeInstance } from './execution';

/** Why a request of a client was turned down. */
export type Refusal = 'notFound' | 'finished' | 'wrongState' | 'alive' | 'unknownOrchestrator' | 'badId';

export interface StartRequest {
  orchestrator: string;
  /** Made up when absent. */
  instanceId?: string;
  /** JSON text. */
  input: string | null;
  version?: string;
}

/** What a durable client can ask of the hub. Every change is stored before the call returns. */
export function durableClient(
  store: Store,
  registry: Registry,
  clock: Clock,
  wake: (instanceId: string) => void,
) {
  /** Sends a message to an instance that is alive. */
  const send = (instanceId: string, event: MessageEvent): Refusal | undefined => {
    const instance = store.instances.get(instanceId);
    if (!instance) return 'notFound';
    if (isTerminal(instance.status)) return 'finished';
    store.messages.add({ instanceId, executionId: null, dueAt: clock.now(), event });
    wake(instanceId);
    return undefined;
  };
  const received = () => ({ EventId: -1, Timestamp: new Date(clock.now()).toISOString() });

  return {
    get: (id: string): InstanceRow | undefined => store.instances.get(id),
    list: (filter: InstanceFilter, top: number, after?: number): InstanceRow[] =>
      store.instances.list(filter, top, after),
    history: (id: string): HistoryEvent[] => store.histories.get(id).events,

    start(request: StartRequest): { instanceId: string } | Refusal {
      const instanceId = request.instanceId ?? randomUUID().replaceAll('-', '');
      if (!isInstanceId(instanceId)) return 'badId';
      const fn = registry.find('orchestrator', request.orchestrator);
      if (!fn) return 'unknownOrchestrator';
      const execution = {
        instanceId,
        name: fn.name,
        version: request.version ?? '',
        input: request.input,
        parent: null,
      };
      const created = store.transaction(() => createInstance(store, clock.now(), execution));
      if (!created) return 'alive';
      wake(instanceId);
      return { instanceId };
    },

    /** @param input JSON text. */
    raise: (id: string, name: string, input: string): Refusal | undefined =>
      send(id, { EventType: EventType.EventRaised, ...received(), Name: name, Input: input }),

    terminate: (id: string, reason: string | null): Refusal | undefined =>
      send(id, { EventType: EventType.ExecutionTerminated, ...received(), Input: reason }),

    suspend(id: string, reason: string | null): Refusal | undefined {
      if (store.instances.get(id)?.status === 'Suspended') return 'wrongState';
      return send(id, { EventType: EventType.ExecutionSuspended, ...received(), Reason: reason });
    },

    resume(id: string, reason: string | null): Refusal | undefined {
      const status = store.instances.get(id)?.status;
      if (status && status !== 'Suspended' && !isTerminal(status)) return 'wrongState';
      return send(id, { EventType: EventType.ExecutionResumed, ...received(), Reason: reason });
    },

    purge(id: string): Refusal | undefined {
      const instance = store.instances.get(id);
      if (!instance) return 'notFound';
      if (!isTerminal(instance.status)) return 'alive';
      store.transaction(() => removeInstance(store, id));
      return undefined;
    },

    /** Purges the finished instances that match. @returns how many. */
    purgeAll(filter: InstanceFilter): number {
      const finished = store.instances
        .list(filter, Number.MAX_SAFE_INTEGER)
        .filter(({ status }) => isTerminal(status));
      store.transaction(() => {
        for (const { id } of finished) removeInstance(store, id);
      });
      return finished.length;
    },
  };
}

export type DurableClient = ReturnType<typeof durableClient>;

const FORBIDDEN_IN_IDS = /[/\\#?]|\p{Cc}/u;

/** Instance ids have no leading `@`, none of `/ \ # ?`, no control characters, and at most 256 characters. */
export function isInstanceId(id: string): boolean {
  return id.length > 0 && id.length <= 256 && !id.startsWith('@') && !FORBIDDEN_IN_IDS.test(id);
}
