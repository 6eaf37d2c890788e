import { EventType, type MessageEvent, type RuntimeStatus } from '../durable-task/history';
import type { InstanceRow } from '../store/instances';
import type { Store } from '../store/store';

/** How an instance ended. */
export interface Ending {
  status: Extract<RuntimeStatus, 'Completed' | 'Failed' | 'Terminated'>;
  /** JSON text of the output when completed; otherwise the plain reason. */
  result: string | null;
  /** Details for the parent; null for a terminated child, which its parent cannot catch. */
  details: string | null;
}

/** What a finished instance shows as its output: JSON text. */
export function outputJson(ending: Ending): string | null {
  return ending.status === 'Completed' || ending.result === null
    ? ending.result
    : JSON.stringify(ending.result);
}

/**
 * Tells the parent, if there is one, how its child ended.
 * @returns the instance id of the parent, to be woken.
 */
export function notifyParent(
  store: Store,
  now: number,
  child: InstanceRow,
  ending: Ending,
): string | undefined {
  const { parent } = child;
  if (!parent) return undefined;
  const { InstanceId: instanceId, ExecutionId: executionId } = parent.OrchestrationInstance;
  const common = {
    EventId: -1,
    TaskScheduledId: parent.TaskScheduleId,
    Timestamp: new Date(now).toISOString(),
  };
  const event: MessageEvent =
    ending.status === 'Completed'
      ? { EventType: EventType.SubOrchestrationInstanceCompleted, ...common, Result: ending.result }
      : {
          EventType: EventType.SubOrchestrationInstanceFailed,
          ...common,
          Reason: ending.result,
          Details: ending.details,
        };
  store.messages.add({ instanceId, executionId, dueAt: now, event });
  return instanceId;
}
