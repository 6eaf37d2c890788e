import type { DurableClient } from 'durable-functions';

/** What an orchestration shows; undefined when it shows nothing, has not started yet, or was purged. */
export async function customStatusOf<T>(client: DurableClient, instanceId: string): Promise<T | undefined> {
  try {
    return ((await client.getStatus(instanceId)).customStatus ?? undefined) as T | undefined;
  } catch {
    return undefined;
  }
}
