import type { OrchestrationContext, Task } from 'durable-functions';
import type { Activities, ActivityCall, ActivityName } from '../../activities/contract';
import { pollDelaySeconds } from '../../basics/poll-delay';
import { retryDelaySeconds } from '../../basics/retry-delay';
import type { Operation } from '../../compute/arm/operation';
import { brokenInvariant, type Outcome, toFailure } from '../../failures/failure';
import { durableTimer } from './durable-timer';
import { CANCEL_EVENT, jobIdOf } from './instance-ids';

/** A piece of an orchestrator: yields durable tasks and returns its result to `yield*`. */
// biome-ignore lint/suspicious/noExplicitAny: what the SDK passes back into a yield has no type
export type Steps<T> = Generator<Task, T, any>;

const MAX_ATTEMPTS = 5;

/**
 * Calls an activity and returns its outcome; never throws. Retryable failures are tried again after a durable
 * timer, here and not by the SDK's retry options: those let the ids of SDK and extension drift apart when a
 * sibling fails (durable-js#477).
 */
export function* callActivity<N extends ActivityName>(
  context: OrchestrationContext,
  name: N,
  input: Activities[N]['input'],
): Steps<Outcome<Activities[N]['output']>> {
  for (let attempt = 1; ; attempt++) {
    const outcome: Outcome<Activities[N]['output']> = yield* callOnce(context, name, input);
    if (outcome.ok || !outcome.failure.retryable || attempt === MAX_ATTEMPTS) return outcome;
    yield* sleep(context, retryDelaySeconds(attempt, outcome.failure.retryAfterSeconds));
  }
}

/**
 * The activities that advance a long-running operation: they take a `token` and answer with an `Operation`.
 */
type OperationName = {
  [N in ActivityName]: Activities[N]['output'] extends Operation<unknown> ? N : never;
}[ActivityName];
type ResultOf<N extends OperationName> = Extract<Activities[N]['output'], { done: true }>['result'];

/**
 * What one history has room for: a poll and the wait for the next leave eight events. With the waits below it
 * is enough for more than the day that a job may take; what an operation may take is the business of its
 * step.
 */
const MAX_POLLS = 100;

/**
 * Runs a long operation to its end: start it, wait on a durable timer for as long as the service asks, ask
 * again. No activity sleeps, and a restart of the app resumes the same operation.
 */
export function* runOperation<N extends OperationName>(
  context: OrchestrationContext,
  name: N,
  input: Omit<Activities[N]['input'], 'token'>,
): Steps<Outcome<ResultOf<N>>> {
  let token: string | undefined;
  let waited = 0;
  for (let poll = 0; poll < MAX_POLLS; poll++) {
    const outcome = yield* callActivity(context, name, { ...input, token } as Activities[N]['input']);
    if (!outcome.ok) return outcome;
    const operation = outcome.value as Operation<ResultOf<N>>;
    if (operation.done) return { ok: true, value: operation.result };
    token = operation.token;
    const delay = pollDelaySeconds(poll, operation.retryAfterSeconds, waited);
    waited += delay;
    yield* sleep(context, delay);
  }
  return { ok: false, failure: brokenInvariant(`${name} did not end after ${MAX_POLLS} polls.`).failure };
}

function* callOnce<N extends ActivityName>(
  context: OrchestrationContext,
  name: N,
  input: Activities[N]['input'],
): Steps<Outcome<Activities[N]['output']>> {
  try {
    const call: ActivityCall<N> = { jobId: jobIdOf(context.df.instanceId), input };
    return yield context.df.callActivity(name, call);
  } catch (error) {
    // The worker died, ran out of time, or the activity threw what nobody expected.
    return { ok: false, failure: toFailure(error) };
  }
}

/**
 * A durable pause of at least so many seconds, cut short when the job is cancelled; none at all when
 * there is nothing to wait for. The next step then finds out itself that it must not start.
 */
export function* sleep(context: OrchestrationContext, seconds: number): Steps<void> {
  if (seconds <= 0) return;
  const timer = durableTimer(context, seconds);
  const cancelled = context.df.waitForExternalEvent(CANCEL_EVENT);
  const first = yield context.df.Task.any([timer, cancelled]);
  if (first === cancelled) timer.cancel();
}
