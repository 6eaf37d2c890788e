import { type DurableClient, OrchestrationRuntimeStatus } from 'durable-functions';

const ALIVE = new Set<OrchestrationRuntimeStatus>([
  OrchestrationRuntimeStatus.Pending,
  OrchestrationRuntimeStatus.Running,
  OrchestrationRuntimeStatus.ContinuedAsNew,
  OrchestrationRuntimeStatus.Suspended,
]);

/** Whether an orchestration will still do something; in doubt it does. */
export async function isAlive(client: DurableClient, instanceId: string): Promise<boolean> {
  try {
    return ALIVE.has((await client.getStatus(instanceId)).runtimeStatus);
  } catch (error) {
    // The SDK rejects for an unknown instance in these words; anything else is no proof that it is dead.
    return !String(error).includes('replied with HTTP 404 response');
  }
}
