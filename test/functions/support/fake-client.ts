import { type DurableClient, OrchestrationRuntimeStatus } from 'durable-functions';

/**
 * A Durable client over orchestrations that run until the test ends them; knows what the SDK says for one
 * that it does not know.
 */
export function fakeClient(alive: string[] = []) {
  const statuses = new Map(alive.map((id) => [id, OrchestrationRuntimeStatus.Running]));
  const started: { name: string; id: string; input: unknown }[] = [];
  const client = {
    async getStatus(id: string) {
      const runtimeStatus = statuses.get(id);
      if (runtimeStatus === undefined) {
        throw new Error(`DurableClient error: The operation failed: replied with HTTP 404 response: ${id}`);
      }
      return { runtimeStatus };
    },
    async startNew(name: string, { instanceId, input }: { instanceId: string; input: unknown }) {
      if (statuses.get(instanceId) === OrchestrationRuntimeStatus.Running) throw new Error('It exists.');
      statuses.set(instanceId, OrchestrationRuntimeStatus.Running);
      started.push({ name, id: instanceId, input });
      return instanceId;
    },
  };
  return {
    client: client as unknown as DurableClient,
    /** What was started, in this order. */
    started,
    end: (id: string, as: OrchestrationRuntimeStatus = OrchestrationRuntimeStatus.Completed) =>
      statuses.set(id, as),
  };
}
