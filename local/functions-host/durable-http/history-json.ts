import { EventType, type HistoryEvent } from '../durable-task/history';
import { parse } from './status-json';

type Row = Record<string, unknown>;

const NAMES = Object.fromEntries(Object.entries(EventType).map(([name, value]) => [value, name]));

/**
 * The history as the extension's HTTP API shows it: names for numbers, each schedule folded into its
 * completion, the frame of the episodes left out. Fields without a value here are those that the framework
 * writes for tracing.
 */
export function historyJson(events: HistoryEvent[], showOutput: boolean): unknown[] {
  const scheduled = new Map(events.filter(isFolded).map((event) => [event.EventId, event]));
  const completed = new Set(
    events.flatMap((event) => ('TaskScheduledId' in event ? [event.TaskScheduledId] : [])),
  );
  return events.flatMap((event) => {
    if (isFolded(event) && completed.has(event.EventId)) return [];
    const shown = shownFields(event, scheduled);
    if (!shown) return [];
    if ('Result' in shown) shown.Result = showOutput ? parse(shown.Result as string | null) : undefined;
    return [{ EventType: NAMES[event.EventType], ...shown, Timestamp: event.Timestamp }];
  });
}

/** Whether an event goes into the one that completes it. */
const isFolded = ({ EventType: type }: HistoryEvent): boolean =>
  type === EventType.TaskScheduled || type === EventType.SubOrchestrationInstanceCreated;

/** The fields that are shown of an event; undefined for the frame of an episode. */
function shownFields(event: HistoryEvent, scheduled: ReadonlyMap<number, HistoryEvent>): Row | undefined {
  switch (event.EventType) {
    case EventType.OrchestratorStarted:
    case EventType.OrchestratorCompleted:
      return undefined;
    case EventType.ExecutionStarted:
      return {
        Input: event.Input,
        Correlation: null,
        ParentTraceContext: null,
        ScheduledStartTime: null,
        Generation: event.Generation ?? null,
        GenerateNewTrace: false,
        FunctionName: event.Name,
      };
    case EventType.ExecutionCompleted:
      return {
        OrchestrationStatus: event.OrchestrationStatus,
        Result: event.Result,
        FailureDetails: event.FailureDetails,
      };
    case EventType.TaskScheduled:
      return { Name: event.Name, Input: event.Input, ParentTraceContext: null, Tags: null };
    case EventType.SubOrchestrationInstanceCreated: {
      const { Name, InstanceId, Input } = event;
      return { Name, InstanceId, Input, ClientSpanId: null, Tags: null };
    }
    case EventType.TaskCompleted:
    case EventType.SubOrchestrationInstanceCompleted:
      return { Result: event.Result, ...scheduleFields(scheduled.get(event.TaskScheduledId)) };
    case EventType.TaskFailed:
    case EventType.SubOrchestrationInstanceFailed: {
      const { Reason, Details, FailureDetails = null } = event;
      return { Reason, Details, FailureDetails, ...scheduleFields(scheduled.get(event.TaskScheduledId)) };
    }
    case EventType.TimerCreated:
    case EventType.TimerFired:
      return { FireAt: event.FireAt };
    case EventType.EventRaised:
      return { Name: event.Name, Input: event.Input, ParentTraceContext: null };
    case EventType.ExecutionTerminated:
      return { Input: event.Input };
    case EventType.ExecutionSuspended:
    case EventType.ExecutionResumed:
      return { Reason: event.Reason };
  }
}

/** What a completion shows of what was scheduled. */
function scheduleFields(schedule: HistoryEvent | undefined): Row {
  if (!schedule || !('Name' in schedule)) return {};
  return {
    // Another zone and another precision than anywhere else.
    ScheduledTime: schedule.Timestamp.replace(/(\.\d{3})Z$/, '$10000+00:00'),
    FunctionName: schedule.Name,
    ...('InstanceId' in schedule && { InstanceId: schedule.InstanceId }),
    Input: 'Input' in schedule ? parse(schedule.Input) : null,
  };
}
