import { randomUUID } from 'node:crypto';
import type { Invocation, TypedData } from '../worker/protocol';
import type { HostedFunction } from './registry';

/** The parts of an invocation that every trigger has: its id, the trigger's data and the durable clients. */
export function invocationOf(
  fn: HostedFunction,
  data: TypedData,
  client: () => TypedData,
  triggerMetadata: Record<string, TypedData> = {},
): Invocation {
  return {
    invocationId: randomUUID(),
    functionName: fn.name,
    inputData: [
      { name: fn.trigger.name, data },
      ...fn.clientBindings.map((name) => ({ name, data: client() })),
    ],
    triggerMetadata,
  };
}
