import { type DurableClient, OrchestrationRuntimeStatus } from 'durable-functions';

/** All states in which an orchestration has ended. */
const ENDED = [
  OrchestrationRuntimeStatus.Completed,
  OrchestrationRuntimeStatus.Failed,
  OrchestrationRuntimeStatus.Terminated,
  OrchestrationRuntimeStatus.Canceled,
];

/**
 * Forgets the histories of orchestrations that were created between two times and have ended. The one place
 * that purges many at once: the Durable extension deletes running ones too when no state is named, and when
 * none of those that are named is one in which an orchestration has ended.
 * @returns how many.
 */
export async function purgeEnded(client: DurableClient, from: Date, to: Date): Promise<number> {
  const purged = await client.purgeInstanceHistoryBy({
    createdTimeFrom: from,
    createdTimeTo: to,
    runtimeStatus: ENDED,
  });
  return purged.instancesDeleted;
}
