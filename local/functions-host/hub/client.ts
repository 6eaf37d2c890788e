import { randomUUID } from 'node:crypto';
import type { HostSettings } from '../app/host-json';
import type { Clock } from '../basics/clock';
import { EventType, type HistoryEvent, isTerminal, type MessageEvent } from '../durable-task/history';
import type { InstanceFilter, InstanceRow } from '../store/instances';
import type { Store } from '../store/store';
import { createInstance, removeInstance } from './execution';

/** Why a request of a client was turned down. */
export type Refusal = 'notFound' | 'finished' | 'wrongState' | 'alive' | 'badId';

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
  { replacesLiveInstances, versions }: Pick<HostSettings, 'replacesLiveInstances' | 'versions'>,
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
      const execution = {
        instanceId,
        // As it was asked for: what no orchestrator has as its name fails when it is to run.
        name: request.orchestrator,
        version: request.version ?? versions.byDefault,
        input: request.input,
        parent: null,
        isByClient: true,
      };
      const created = store.transaction(() => {
        if (replacesLiveInstances && store.instances.get(instanceId)) removeInstance(store, instanceId);
        return createInstance(store, clock.now(), execution);
      });
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

    /**
     * Purges the instances that match, as the extension does: of the states only ended ones count, and when
     * none is left of those that are named, all instances go, running ones too. @returns how many.
     */
    purgeAll({ statuses = [], ...filter }: InstanceFilter): number {
      const purged = store.instances.list(
        { ...filter, statuses: statuses.filter(isTerminal) },
        Number.MAX_SAFE_INTEGER,
      );
      store.transaction(() => {
        for (const { id } of purged) removeInstance(store, id);
      });
      return purged.length;
    },
  };
}

export type DurableClient = ReturnType<typeof durableClient>;

/** Anything that an address can hold in one segment: the extension is not particular. */
export function isInstanceId(id: string): boolean {
  return id.length > 0 && !id.includes('/');
}
