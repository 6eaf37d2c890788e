import { EventType, type HistoryEvent } from '../durable-task/history';
import { LONG_TIMER_STEP_MS, MAXIMUM_SHORT_TIMER_MS } from '../interpreter/walk';
import type { InstanceRow } from '../store/instances';

/** The value of `upperSchemaVersionNew`: 2 is what extensions up to 3.12 send, 3 what later ones do. */
export type SchemaVersion = 2 | 3;

/**
 * The JSON text that an orchestration trigger receives.
 *
 * @param playedJson the stored events as JSON, joined by commas.
 * @param fresh the events of this episode, which no replay has seen yet.
 */
export function orchestratorPayload(
  instance: InstanceRow,
  playedJson: string,
  fresh: HistoryEvent[],
  schemaVersion: SchemaVersion,
): string {
  const freshJson = fresh.map((event) => JSON.stringify({ ...event, IsPlayed: false }));
  const history = [playedJson, ...freshJson].filter(Boolean).join(',');
  const startIsFresh = fresh.some((event) => event.EventType === EventType.ExecutionStarted);
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
  return `{"history":[${history}],"input":${instance.input ?? 'null'},${rest.slice(1)}`;
}

function timeSpan(milliseconds: number): string {
  return `${milliseconds / (24 * 3600 * 1000)}.00:00:00`;
}
