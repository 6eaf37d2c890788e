import { EventType, type HistoryEvent } from '../durable-task/history';
import { LONG_TIMER_STEP_MS, MAXIMUM_SHORT_TIMER_MS } from '../interpreter/walk';
import type { StoredHistory } from '../store/histories';
import type { InstanceRow } from '../store/instances';

/** The value of `upperSchemaVersionNew`: 2 is what extensions up to 3.12 send, 3 what later ones do. */
export type SchemaVersion = 2 | 3;

/**
 * The JSON text that an orchestration trigger receives.
 *
 * @param played the stored events.
 * @param fresh the events of this episode, which no replay has seen yet.
 */
export function orchestratorPayload(
  instance: InstanceRow,
  played: StoredHistory,
  fresh: HistoryEvent[],
  schemaVersion: SchemaVersion,
): string {
  const freshJson = fresh.map((event) => JSON.stringify({ ...event, IsPlayed: false }));
  const history = [played.json, ...freshJson].filter(Boolean).join(',');
  const isStart = (event: HistoryEvent) => event.EventType === EventType.ExecutionStarted;
  const startIsFresh = fresh.some(isStart);
  // The row keeps an older input when the instance has continued as new without one.
  const start = fresh.find(isStart) ?? played.events.find(isStart);
  const input = start?.EventType === EventType.ExecutionStarted ? start.Input : null;
  const rest = JSON.stringify({
    instanceId: instance.id,
    isReplaying: !startIsFresh,
    parentInstanceId: instance.parent?.OrchestrationInstance.InstanceId ?? null,
    upperSchemaVersion: 1,
    upperSchemaVersionNew: schemaVersion,
    longRunningTimerIntervalDuration: timeSpan(LONG_TIMER_STEP_MS),
    maximumShortTimerDuration: timeSpan(MAXIMUM_SHORT_TIMER_MS),
    // The misspelling is the real name.
    defaultHttpAsyncRequestSleepTimeMillseconds: 30_000,
  });
  return `{"history":[${history}],"input":${input ?? 'null'},${rest.slice(1)}`;
}

function timeSpan(milliseconds: number): string {
  return `${milliseconds / (24 * 3600 * 1000)}.00:00:00`;
}
