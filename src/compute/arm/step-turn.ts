import { isDeepStrictEqual } from 'node:util';
import type { BackupError } from '../../failures/failure';
import { armFailure, asStepFailure, type Step, stepFailure } from '../failures/arm-failure';
import type { Compute } from './connection';
import { type Polled, poll } from './long-running';
import {
  type AnyNext,
  beginAnew,
  DEFAULT_WAIT_SECONDS,
  type StageContext,
  type StepDefinition,
} from './step-stages';
import type { StepState } from './step-token';

/** Answers of 5xx in a row before a step gives up; throttling is waited out until the deadline. */
const MAX_STUMBLES = 8;
/**
 * How often in a row what a stage begins may come to nothing before the step fails: with the back-off, some
 * minutes.
 */
const MAX_FAILURES = 4;
/** Doubles with every time in a row. */
const backOffSeconds = (times: number): number => Math.min(DEFAULT_WAIT_SECONDS * 2 ** (times - 1), 300);

type Turn<T> = { done: true; result: T } | { state: StepState; retryAfterSeconds: number };

/**
 * Looks how the operation stands that is waited for, and runs the stage whose turn it is. `isFirst` in a
 * call.
 */
export async function takeTurn<I, T, S extends string>(
  definition: StepDefinition<I, T, S>,
  compute: Compute,
  input: I,
  state: StepState,
  isFirst: boolean,
): Promise<Turn<T>> {
  const isLate = Date.now() > state.deadline;
  const asked = await ask(compute, definition.step, state);
  // How it ended is asked once more even when it is late: it may have ended long before.
  const isOpen = asked.state === 'unasked' || asked.state === 'running';
  if (isLate && (isOpen || (asked.state === 'none' && isFirst))) throw timedOut(definition, state);
  if (asked.state === 'unasked') return waitOut(state, asked.why);
  if (asked.state === 'running') {
    const retryAfterSeconds = asked.retryAfterSeconds ?? DEFAULT_WAIT_SECONDS;
    return { state: { ...state, stumbles: 0 }, retryAfterSeconds };
  }
  const ended = asked.state === 'lost' ? undefined : state.pending;
  const context = { compute, input, memo: state.memo as never, ended };
  const failure = asked.state === 'failed' ? armFailure(asked.error, definition.step) : undefined;
  let next: AnyNext<T, S>;
  try {
    next = failure
      ? await afterFailure(definition, state, context, failure)
      : await definition.stages[state.stage as S](context);
  } catch (error) {
    // An outcome is final; everything else that a stage throws is about a request of its own, which may be
    // sent again.
    if (error === failure) throw error;
    return waitOut(state, asStepFailure(error, definition.step));
  }
  if (next.done) return next;
  const turn = goOn(definition, state, next, asked.state === 'succeeded');
  if (isLate && !next.advanced && turn.retryAfterSeconds > 0) throw timedOut(definition, state);
  return turn;
}

/** What is known of the operation that is waited for, `none` when nothing is. */
type Asked = Polled | { state: 'none' } | { state: 'unasked'; why: BackupError };

/** That a question could not be asked says nothing of the operation. */
async function ask(compute: Compute, step: Step, { pending }: StepState): Promise<Asked> {
  if (!pending) return { state: 'none' };
  try {
    return await poll(compute, pending, step);
  } catch (error) {
    return { state: 'unasked', why: asStepFailure(error, step) };
  }
}

/** An operation has ended as failed: the stage that waited for it has its say, then the cause decides. */
async function afterFailure<I, T, S extends string>(
  { whenFailed, memo }: StepDefinition<I, T, S>,
  state: StepState,
  context: StageContext<I, never>,
  failure: BackupError,
): Promise<AnyNext<T, S>> {
  const known = await whenFailed?.[state.stage as S]?.(context, failure);
  if (known) return known;
  if (!failure.failure.retryable) throw failure;
  const begunBy = state.begunBy ?? { stage: 'start', memo };
  return beginAnew(begunBy.stage as S, begunBy.memo ?? state.memo, failure);
}

/**
 * The state after a stage that is not the last. Throws what made it begin anew, when that was so too often.
 */
function goOn<I, T, S extends string>(
  { limitSeconds }: StepDefinition<I, T, S>,
  state: StepState,
  next: Extract<AnyNext<T, S>, { done: false }>,
  succeeded: boolean,
): { state: StepState; retryAfterSeconds: number } {
  const { stage, memo, pending, failure, advanced } = next;
  const deadline = advanced ? Date.now() + limitSeconds * 1000 : state.deadline;
  const { [state.begunBy?.stage ?? '']: _passed, ...others } = state.failures;
  const failures = succeeded && !failure ? others : { ...state.failures };
  let { retryAfterSeconds = pending ? DEFAULT_WAIT_SECONDS : 0 } = next;
  if (failure) {
    const times = (failures[stage] ?? 0) + 1;
    failures[stage] = times;
    retryAfterSeconds = Math.max(backOffSeconds(times), failure.failure.retryAfterSeconds ?? 0);
    if (times > MAX_FAILURES || Date.now() + retryAfterSeconds * 1000 > deadline) throw failure;
  }
  const knew = isDeepStrictEqual(state.memo, memo) ? {} : { memo: state.memo };
  const begunBy = pending ? { stage: state.stage, ...knew } : undefined;
  return {
    state: { ...state, stage, memo, pending, begunBy, failures, deadline, stumbles: 0 },
    retryAfterSeconds,
  };
}

/** "Not now" is no failure of a step: it waits as long as the service asks. Anything else is thrown. */
function waitOut(state: StepState, error: BackupError): Turn<never> {
  const { code, retryAfterSeconds } = error.failure;
  const throttled = code === 'TooManyRequests';
  const stumbles = state.stumbles + 1;
  if (!throttled && (code !== 'ComputeUnavailable' || stumbles > MAX_STUMBLES)) throw error;
  return {
    state: { ...state, stumbles },
    retryAfterSeconds: retryAfterSeconds ?? backOffSeconds(stumbles),
  };
}

function timedOut<I, T, S extends string>(
  { step, limitSeconds }: StepDefinition<I, T, S>,
  { stage }: StepState,
): BackupError {
  const minutes = Math.round(limitSeconds / 60);
  return stepFailure('ComputeOperationTimedOut', step, `Not finished after ${minutes} minutes (${stage}).`);
}
