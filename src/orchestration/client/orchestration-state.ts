import { type DurableClient, OrchestrationRuntimeStatus } from 'durable-functions';

const ALIVE = new Set<OrchestrationRuntimeStatus>([
  OrchestrationRuntimeStatus.Pending,
  OrchestrationRuntimeStatus.Running,
  OrchestrationRuntimeStatus.ContinuedAsNew,
  OrchestrationRuntimeStatus.Suspended,
]);

/** Whether an orchestration will still do something; in doubt it does. */
export async function isAlive(client: DurableClient, instanceId: string): Promise<boolean> {
  const status = await statusOf(client, instanceId);
  return status === 'in doubt' || (status !== undefined && ALIVE.has(status));
}

/** Whether an orchestration was ever started, as far as its history goes back; in doubt it was. */
export async function wasStarted(client: DurableClient, instanceId: string): Promise<boolean> {
  return (await statusOf(client, instanceId)) !== undefined;
}

async function statusOf(
  client: DurableClient,
  instanceId: string,
): Promise<OrchestrationRuntimeStatus | 'in doubt' | undefined> {
  try {
    return (await client.getStatus(instanceId)).runtimeStatus;
  } catch (error) {
    // The SDK rejects for an unknown instance in these words; anything else is no proof that there is none.
    return String(error).includes('replied with HTTP 404 response') ? undefined : 'in doubt';
  }
}
