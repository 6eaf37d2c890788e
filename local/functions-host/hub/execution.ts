import { randomUUID } from 'node:crypto';
import { EventType, type ExecutionStarted, isTerminal, type ParentInstance } from '../durable-task/history';
import type { Store } from '../store/store';

export interface NewExecution {
  instanceId: string;
  name: string;
  version: string;
  /** JSON text. */
  input: string | null;
  parent: ParentInstance | null;
  /** Whether a client starts it, and no orchestrator. */
  isByClient: boolean;
}

/**
 * An id in the form that the Durable Task Framework gives to executions: with dashes to the first, without to
 * those that continue as new.
 */
export function newExecutionId(isFirst: boolean): string {
  const id = randomUUID();
  return isFirst ? id : id.replaceAll('-', '');
}

/**
 * Creates an instance and sends it its first message, inside a transaction of the caller. A finished instance
 * of the same id is replaced, with its history and everything that was still on its way to it.
 *
 * @returns false, with nothing changed, when an instance of that id is alive.
 */
export function createInstance(store: Store, now: number, execution: NewExecution): boolean {
  const { instanceId, name, version, input, parent, isByClient } = execution;
  const existing = store.instances.get(instanceId);
  if (existing && !isTerminal(existing.status)) return false;
  const generation = isByClient ? nextGeneration(store, instanceId) : null;
  if (existing) removeInstance(store, instanceId);
  const executionId = newExecutionId(true);
  store.instances.insert({
    id: instanceId,
    executionId,
    name,
    version,
    status: 'Pending',
    input,
    parent,
    createdAt: now,
  });
  sendStart(store, now, execution, executionId, generation);
  return true;
}

function nextGeneration(store: Store, instanceId: string): number {
  const started = store.histories
    .get(instanceId)
    .events.find((event) => event.EventType === EventType.ExecutionStarted);
  return started?.EventType === EventType.ExecutionStarted ? (started.Generation ?? 0) + 1 : 0;
}

/** Forgets an instance: its row, its history, its inbox. */
export function removeInstance(store: Store, instanceId: string): void {
  store.messages.removeAll(instanceId);
  store.histories.remove(instanceId);
  store.instances.remove(instanceId);
}

/** Sends the message that begins an execution. */
export function sendStart(
  store: Store,
  now: number,
  execution: Omit<NewExecution, 'isByClient'>,
  executionId: string,
  generation: number | null,
): void {
  const { instanceId, name, version, input, parent } = execution;
  const event: ExecutionStarted = {
    EventType: EventType.ExecutionStarted,
    EventId: -1,
    Timestamp: new Date(now).toISOString(),
    Name: name,
    Version: version,
    Input: input,
    OrchestrationInstance: { InstanceId: instanceId, ExecutionId: executionId },
    ParentInstance: parent,
    Tags: null,
    Generation: generation,
  };
  store.messages.add({ instanceId, executionId, dueAt: now, event });
}
