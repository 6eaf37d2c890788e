import { type Action, ActionType } from '../durable-task/actions';
import { EventType } from '../durable-task/history';
import { retryDelay } from './retry';
import { InstanceFailure, type Schedule } from './schedule';

/** What the walk may ask about the world; all of it is fixed for one replay. */
export interface WalkContext {
  executionId: string;
  /** The version of children that ask for none. */
  defaultVersion?: string;
  isActivity(name: string): boolean;
  isOrchestrator(name: string): boolean;
}

type Settled = (succeeded: boolean) => void;

const DAY_MS = 24 * 3600 * 1000;
/** Timers longer than this are cut into steps, by the SDK and by the extension alike. */
export const MAXIMUM_SHORT_TIMER_MS = 6 * DAY_MS;
export const LONG_TIMER_STEP_MS = 3 * DAY_MS;
/** The extension's limit of actions in one orchestration. */
const MAXIMUM_ACTIONS = 100_000;

/**
 * Walks a list of actions as the extension does: starts each one and waits for it before it looks at the
 * next, whether it succeeds or fails. `Task.all` waits for all of its tasks (the SDK gives up at the first
 * failure), `Task.any` for the first.
 */
export class Walk {
  /** Time of the replay, milliseconds: the latest timestamp of an OrchestratorStarted event met so far. */
  now = 0;
  private timestamp = '';
  continueAsNew: { input: unknown } | undefined;
  /** Whether a call with a `retryTimeout` was given up, of which the SDK hears nothing. */
  hasGivenUp = false;
  private position = 0;
  private started = 0;
  private walking = false;
  private blocked = false;
  private readonly waiters = new Map<string, Settled[]>();
  private readonly earlyEvents = new Map<string, number>();

  constructor(
    private readonly actions: Action[],
    private readonly schedule: Schedule,
    private readonly context: WalkContext,
  ) {}

  /** True when every action has been started and has settled. */
  get isExhausted(): boolean {
    return !this.blocked && this.position >= this.actions.length;
  }

  /** Sets the time of the replay, which never goes back. */
  setTime(timestamp: string): void {
    const time = Date.parse(timestamp);
    if (time < this.now) return;
    this.now = time;
    this.timestamp = timestamp;
  }

  advance(): void {
    if (this.walking) return;
    this.walking = true;
    while (!this.blocked) {
      const action = this.actions[this.position];
      if (!action) break;
      this.position++;
      this.blocked = true;
      this.start(action, () => {
        this.blocked = false;
        this.advance();
      });
    }
    this.walking = false;
  }

  /** An external event goes to the latest waiter of its name, or waits for one. Names match in any case. */
  raise(name: string): void {
    const key = name.toLowerCase();
    const waiters = this.waiters.get(key);
    const latest = waiters?.pop();
    if (waiters?.length === 0) this.waiters.delete(key);
    if (latest) latest(true);
    else this.earlyEvents.set(key, (this.earlyEvents.get(key) ?? 0) + 1);
  }

  private start(action: Action, settled: Settled): void {
    if (++this.started > MAXIMUM_ACTIONS) {
      throw new InstanceFailure(
        `The orchestrator has more than ${MAXIMUM_ACTIONS} actions, ` +
          'which the Durable extension does not allow.',
      );
    }
    switch (action.actionType) {
      case ActionType.CallActivity:
        this.callActivity(action, settled);
        break;
      case ActionType.CallActivityWithRetry:
        this.retry(action, (done) => this.callActivity(action, done), settled);
        break;
      case ActionType.CallSubOrchestrator:
        this.callSubOrchestrator(action, settled);
        break;
      case ActionType.CallSubOrchestratorWithRetry:
        this.retry(action, (done) => this.callSubOrchestrator(action, done), settled);
        break;
      case ActionType.ContinueAsNew:
        this.continueAsNew = { input: action.input };
        settled(true);
        break;
      case ActionType.CreateTimer:
        this.createTimer(action, settled);
        break;
      case ActionType.WaitForExternalEvent:
        this.waitForEvent(action.externalEventName ?? '', settled);
        break;
      case ActionType.WhenAll:
        this.whenAll(action.compoundActions ?? [], settled);
        break;
      case ActionType.WhenAny:
        this.whenAny(action.compoundActions ?? [], settled);
        break;
      default:
        throw new InstanceFailure(unsupported(action.actionType));
    }
  }

  private callActivity(action: Action, settled: Settled): void {
    const name = action.functionName ?? '';
    if (!this.context.isActivity(name)) throw new InstanceFailure(unknownFunction(name, 'activity'));
    this.schedule.add(
      (id) => ({
        EventType: EventType.TaskScheduled,
        ...this.scheduled(id),
        Name: name,
        Version: '',
        Input: JSON.stringify([action.input ?? null]),
      }),
      settled,
    );
  }

  private callSubOrchestrator(action: Action, settled: Settled): void {
    const name = action.functionName ?? '';
    if (!this.context.isOrchestrator(name)) throw new InstanceFailure(unknownFunction(name, 'orchestrator'));
    this.schedule.add(
      (id) => ({
        EventType: EventType.SubOrchestrationInstanceCreated,
        ...this.scheduled(id),
        Name: name,
        Version: action.version ?? this.context.defaultVersion ?? '',
        InstanceId: action.instanceId || `${this.context.executionId}:${id}`,
        Input: action.input === undefined || action.input === null ? null : JSON.stringify(action.input),
      }),
      settled,
    );
  }

  /**
   * @param wasLong whether this is what is left of a long one. It has another step when its last one has
   * fired   early; a short timer ends when it fires.
   */
  private createTimer(action: Action, settled: Settled, wasLong = false): void {
    const fireAt = Date.parse(action.fireAt ?? '');
    if (Number.isNaN(fireAt)) throw new InstanceFailure(`A timer has no valid time: ${action.fireAt}.`);
    const isLong = fireAt - this.now > MAXIMUM_SHORT_TIMER_MS;
    const step = isLong ? this.now + LONG_TIMER_STEP_MS : fireAt;
    const id = this.addTimer(step, () =>
      (isLong || wasLong) && this.now < fireAt ? this.createTimer(action, settled, true) : settled(true),
    );
    if (action.isCanceled) {
      this.schedule.forget(id);
      settled(true);
    }
  }

  private waitForEvent(name: string, settled: Settled): void {
    const key = name.toLowerCase();
    const early = this.earlyEvents.get(key) ?? 0;
    if (early > 0) {
      this.earlyEvents.set(key, early - 1);
      settled(true);
      return;
    }
    const waiters = this.waiters.get(key);
    if (waiters) waiters.push(settled);
    else this.waiters.set(key, [settled]);
  }

  private whenAll(actions: Action[], settled: Settled): void {
    let open = actions.length;
    if (open === 0) settled(true);
    for (const action of actions) {
      this.start(action, () => {
        open--;
        if (open === 0) settled(true);
      });
    }
  }

  private whenAny(actions: Action[], settled: Settled): void {
    let first = true;
    for (const action of actions) {
      this.start(action, () => {
        if (first) {
          first = false;
          settled(true);
        }
      });
    }
  }

  /** Retries are the extension's work, with real timers; the SDK only moves its ids in step. */
  private retry(action: Action, attempt: (settled: Settled) => void, settled: Settled): void {
    const options = action.retryOptions;
    if (!options)
      throw new InstanceFailure(`A call of '${action.functionName}' with retries has no retry options.`);
    const firstAttemptAt = this.now;
    let attempts = 0;
    const tryOnce = () => {
      attempts++;
      attempt((succeeded) => {
        if (succeeded) return settled(true);
        const delay = retryDelay(options, attempts, firstAttemptAt, this.now);
        if (delay === undefined) {
          this.hasGivenUp = true;
          return settled(false);
        }
        this.addTimer(this.now + delay, () =>
          attempts < options.maxNumberOfAttempts ? tryOnce() : settled(false),
        );
      });
    };
    tryOnce();
  }

  private addTimer(fireAt: number, fired: () => void): number {
    return this.schedule.add(
      (id) => ({
        EventType: EventType.TimerCreated,
        ...this.scheduled(id),
        FireAt: new Date(fireAt).toISOString(),
      }),
      fired,
    );
  }

  private scheduled(id: number): { EventId: number; Timestamp: string } {
    return { EventId: id, Timestamp: this.timestamp };
  }
}

function unknownFunction(name: string, kind: 'activity' | 'orchestrator'): string {
  return (
    `The function '${name}' doesn't exist, is disabled, or is not an ${kind} function. ` +
    'On Azure this instance would wait for ever; this host fails it instead.'
  );
}

function unsupported(actionType: number): string {
  const name =
    Object.entries(ActionType).find(([, value]) => value === actionType)?.[0] ?? `type ${actionType}`;
  return (
    `The action ${name} is not supported by this functions host, ` +
    'which has no durable entities and no durable HTTP. ' +
    'Call an activity instead, or run the app on Azure.'
  );
}
