import type { DurableClient } from 'durable-functions';

/**
 * What an orchestration shows; undefined when it shows nothing, has not started yet, was purged, or cannot be
 * asked now.
 */
export async function customStatusOf<T>(client: DurableClient, instanceId: string): Promise<T | undefined> {
  try {
    return ((await client.getStatus(instanceId)).customStatus ?? undefined) as T | undefined;
  } catch {
    // The job's record says all that has to be known: nobody who asks must fail for what would have come on
    // top.
    return undefined;
  }
}
