import type { FailureDetails } from './history';

/** Numbers of the actions that the JavaScript SDK returns. */
export const ActionType = {
  CallActivity: 0,
  CallActivityWithRetry: 1,
  CallSubOrchestrator: 2,
  CallSubOrchestratorWithRetry: 3,
  ContinueAsNew: 4,
  CreateTimer: 5,
  WaitForExternalEvent: 6,
  CallEntity: 7,
  CallHttp: 8,
  SignalEntity: 9,
  ScheduledSignalEntity: 10,
  WhenAny: 11,
  WhenAll: 12,
  LockEntities: 13,
  ReleaseEntities: 14,
} as const;

export interface RetryOptions {
  firstRetryIntervalInMilliseconds: number;
  maxNumberOfAttempts: number;
  backoffCoefficient?: number;
  maxRetryIntervalInMilliseconds?: number;
  retryTimeoutInMilliseconds?: number;
}

/** One thing that the orchestrator asked for; which fields are there depends on `actionType`. */
export interface Action {
  actionType: number;
  functionName?: string;
  instanceId?: string | null;
  input?: unknown;
  version?: string;
  retryOptions?: RetryOptions;
  /** ISO 8601, UTC. */
  fireAt?: string;
  isCanceled?: boolean;
  externalEventName?: string;
  compoundActions?: Action[];
}

/** What the SDK says after one replay: every action since the start, not only the new ones. */
export interface OrchestratorState {
  isDone: boolean;
  actions: Action[][];
  output?: unknown;
  error?: string;
  customStatus?: unknown;
  schemaVersion?: number;
  failureDetails?: FailureDetails;
}

/**
 * The label behind which a failed orchestrator hides its state in the message of the error that it throws.
 */
const STATE_LABEL = '$OutOfProcData$:';

/**
 * The state inside the message of an error that an orchestrator threw, or undefined when the error came from
 * the SDK itself (a replay failure, which carries no state).
 */
export function stateOfError(message: string): OrchestratorState | undefined {
  const at = message.indexOf(STATE_LABEL);
  return at < 0 ? undefined : (JSON.parse(message.slice(at + STATE_LABEL.length)) as OrchestratorState);
}
