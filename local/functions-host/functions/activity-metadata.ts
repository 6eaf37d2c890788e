import { randomUUID } from 'node:crypto';
import type { TypedData } from '../worker/protocol';

/** The trigger metadata of an activity. @param data what its trigger receives. */
export const activityMetadata = (instanceId: string, data: TypedData): Record<string, TypedData> => ({
  instanceId: { string: JSON.stringify(instanceId) },
  data,
  // By the Functions host, not by the Durable extension.
  'sys.RandGuid': { string: randomUUID() },
});
