// The words of the Durable Task Framework: history events, and the actions that the SDK returns.

/** Numbers of the history events, as the Durable Task Framework counts them. */
export const EventType = {
  ExecutionStarted: 0,
  ExecutionCompleted: 1,
  ExecutionTerminated: 3,
  TaskScheduled: 4,
  TaskCompleted: 5,
  TaskFailed: 6,
  SubOrchestrationInstanceCreated: 7,
  SubOrchestrationInstanceCompleted: 8,
  SubOrchestrationInstanceFailed: 9,
  TimerCreated: 10,
  TimerFired: 11,
  OrchestratorStarted: 12,
  OrchestratorCompleted: 13,
  EventSent: 14,
  EventRaised: 15,
  ExecutionSuspended: 19,
  ExecutionResumed: 20,
} as const;
export type EventType = (typeof EventType)[keyof typeof EventType];

interface Common {
  /** -1 for what was received; the sequence id for what was scheduled. */
  EventId: number;
  /** ISO 8601, UTC. */
  Timestamp: string;
}

export interface FailureDetails {
  ErrorType: string;
  ErrorMessage: string;
  StackTrace?: string | null;
  IsNonRetriable?: boolean;
  Properties?: Record<string, unknown> | null;
  InnerFailure?: FailureDetails | null;
}

export interface Instance {
  InstanceId: string;
  ExecutionId: string;
}

export interface ParentInstance {
  Name: string;
  OrchestrationInstance: Instance;
  TaskScheduleId: number;
  Version: string;
}

export interface ExecutionStarted extends Common {
  EventType: 0;
  Name: string;
  Version: string;
  /** JSON text. */
  Input: string | null;
  OrchestrationInstance: Instance;
  ParentInstance: ParentInstance | null;
  Tags: null;
  /** How often a client has started this instance before; null when nobody has but an orchestrator. */
  Generation: number | null;
}
export interface ExecutionCompleted extends Common {
  EventType: 1;
  OrchestrationStatus: RuntimeStatus;
  /** JSON text when completed; the plain reason when failed. */
  Result: string | null;
  FailureDetails: FailureDetails | null;
}
export interface ExecutionTerminated extends Common {
  EventType: 3;
  /** The reason. */
  Input: string | null;
}
export interface TaskScheduled extends Common {
  EventType: 4;
  Name: string;
  Version: string;
  /** Null unless host.json asks for inputs in the history; then the JSON text of a one-element array. */
  Input: string | null;
}
export interface SubOrchestrationInstanceCreated extends Common {
  EventType: 7;
  Name: string;
  Version: string;
  InstanceId: string;
  /** JSON text. */
  Input: string | null;
}
interface Completion<Type extends 5 | 8> extends Common {
  EventType: Type;
  TaskScheduledId: number;
  /** JSON text. The SDK fails when the key is absent. */
  Result: string | null;
}
export interface Failed<Type extends 6 | 9> extends Common {
  EventType: Type;
  TaskScheduledId: number;
  Reason: string | null;
  /** Null (a terminated child) makes a failure that user code cannot catch. */
  Details: string | null;
  FailureDetails?: FailureDetails | null;
}
export type TaskCompleted = Completion<5>;
export type TaskFailed = Failed<6>;
export type SubOrchestrationInstanceCompleted = Completion<8>;
export type SubOrchestrationInstanceFailed = Failed<9>;
export interface TimerCreated extends Common {
  EventType: 10;
  FireAt: string;
}
export interface TimerFired extends Common {
  EventType: 11;
  TimerId: number;
  FireAt: string;
}
export interface OrchestratorStarted extends Common {
  EventType: 12;
}
export interface OrchestratorCompleted extends Common {
  EventType: 13;
}
export interface EventRaised extends Common {
  EventType: 15;
  Name: string;
  /** JSON text. */
  Input: string | null;
}
export interface ExecutionSuspended extends Common {
  EventType: 19;
  Reason: string | null;
}
export interface ExecutionResumed extends Common {
  EventType: 20;
  Reason: string | null;
}

/** What arrives in an instance's inbox. */
export type MessageEvent =
  | ExecutionStarted
  | ExecutionTerminated
  | TaskCompleted
  | TaskFailed
  | SubOrchestrationInstanceCompleted
  | SubOrchestrationInstanceFailed
  | TimerFired
  | EventRaised
  | ExecutionSuspended
  | ExecutionResumed;

/** What an orchestrator schedules. */
export type ScheduledEvent = TaskScheduled | SubOrchestrationInstanceCreated | TimerCreated;

export type HistoryEvent =
  | MessageEvent
  | ScheduledEvent
  | ExecutionCompleted
  | OrchestratorStarted
  | OrchestratorCompleted;

export type RuntimeStatus =
  | 'Pending'
  | 'Running'
  | 'Completed'
  | 'ContinuedAsNew'
  | 'Failed'
  | 'Canceled'
  | 'Terminated'
  | 'Suspended';

export const TERMINAL_STATUSES: readonly RuntimeStatus[] = ['Completed', 'Failed', 'Canceled', 'Terminated'];

export function isTerminal(status: RuntimeStatus): boolean {
  return TERMINAL_STATUSES.includes(status);
}

export function isScheduled(event: HistoryEvent): event is ScheduledEvent {
  return (
    event.EventType === EventType.TaskScheduled ||
    event.EventType === EventType.SubOrchestrationInstanceCreated ||
    event.EventType === EventType.TimerCreated
  );
}

/** The id of the task that an event completes; undefined for any other event. */
export function completedTaskId(event: HistoryEvent): number | undefined {
  if ('TaskScheduledId' in event) return event.TaskScheduledId;
  return event.EventType === EventType.TimerFired ? event.TimerId : undefined;
}
