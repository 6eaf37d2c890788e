import { EventType, type HistoryEvent } from '../durable-task/history';
import type { InstanceRow } from '../store/instances';

/** The status document of an instance, as the extension's HTTP API shows it. Times are in whole seconds. */
export function statusJson(instance: InstanceRow, options: { showInput: boolean; history?: unknown[] }) {
  return {
    name: instance.name,
    instanceId: instance.id,
    runtimeStatus: instance.status,
    input: options.showInput ? parse(instance.input) : null,
    customStatus: parse(instance.customStatus),
    output: parse(instance.output),
    createdTime: wholeSeconds(instance.createdAt),
    lastUpdatedTime: wholeSeconds(instance.updatedAt),
    ...(options.history && { historyEvents: options.history }),
  };
}

const NAMES = Object.fromEntries(Object.entries(EventType).map(([name, value]) => [value, name]));

/**
 * The history as the extension's HTTP API shows it: names for numbers, each schedule folded into its
 * completion, the frame of the episodes left out.
 */
export function historyJson(events: HistoryEvent[], showOutput: boolean): unknown[] {
  const scheduled = new Map(
    events.filter(({ EventId }) => EventId >= 0).map((event) => [event.EventId, event]),
  );
  const completed = new Set(events.map((event) => ('TaskScheduledId' in event ? event.TaskScheduledId : -1)));
  const shown: unknown[] = [];
  for (const event of events) {
    const { EventType: type, EventId, ...fields } = event;
    const row: Record<string, unknown> = { EventType: NAMES[type], ...fields, IsPlayed: undefined };
    switch (event.EventType) {
      case EventType.OrchestratorStarted:
      case EventType.OrchestratorCompleted:
        continue;
      case EventType.TaskScheduled:
      case EventType.SubOrchestrationInstanceCreated:
        if (completed.has(EventId)) continue;
        break;
      case EventType.TaskCompleted:
      case EventType.TaskFailed:
      case EventType.SubOrchestrationInstanceCompleted:
      case EventType.SubOrchestrationInstanceFailed: {
        const schedule = scheduled.get(event.TaskScheduledId);
        if (schedule && 'Name' in schedule) {
          row.ScheduledTime = schedule.Timestamp;
          row.FunctionName = schedule.Name;
          row.Input = parse('Input' in schedule ? schedule.Input : null);
        }
        delete row.TaskScheduledId;
        break;
      }
      case EventType.TimerFired:
        delete row.TimerId;
        break;
      case EventType.ExecutionStarted:
        row.FunctionName = event.Name;
        for (const name of ['Name', 'OrchestrationInstance', 'ParentInstance', 'Version', 'Tags'])
          delete row[name];
        break;
    }
    if ('Result' in row) row.Result = showOutput ? parse(row.Result as string | null) : undefined;
    shown.push(row);
  }
  return shown;
}

function parse(text: string | null): unknown {
  if (text === null) return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function wholeSeconds(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}
