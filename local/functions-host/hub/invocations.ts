import { randomUUID } from 'node:crypto';
import type { HostedFunction } from '../registry';
import type { Invocation, TypedData } from '../worker/protocol';

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
