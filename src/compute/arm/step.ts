import { isDeepStrictEqual } from 'node:util';
import type { BackupError } from '../../failures/failure';
import { armFailure, asStepFailure, type Step, stepFailure } from '../failures/arm-failure';
import type { Compute } from './connection';
import { type Begun, type Pending, type Polled, poll } from './long-running';
import type { Operation } from './operation';
import { readToken, type StepState, writeToken } from './step-token';

/** What a stage of a step decided: the result, or the name of the stage that follows. */
export type Next<T, M, S extends string> =
  | { done: true; result: T }
  | {
      done: false;
      stage: S;
      memo: M;
      /** The operation whose end the next stage waits for. */
      pending?: Pending;
      retryAfterSeconds?: number;
      /** Why the next stage has to begin anew. It does so after a back-off; after too many times the step fails with this. */
      failure?: BackupError;
      /** Azure has come further with what takes it long: the limit of the step counts from now on. */
      advanced?: boolean;
    };

/** What a stage gets to know: the input, what earlier stages noted, and the operation it waited for. */
export interface StageContext<I, M> {
  compute: Compute;
  input: I;
  memo: M;
  /** The operation that was waited for, for its result; absent when Azure has forgotten it. */
  ended?: Pending;
}

/**
 * A step of the process that takes as long as Azure takes: a little state machine whose state travels in the token. A stage
 * may run twice, after a crash or a throttled call, so each looks before it changes anything.
 *
 * An operation that ended as failed has an outcome, and no stage has to remember it: where the cause may pass, the stage that began
 * the operation runs again after a back-off, a few times; any other cause ends the step at once.
 */
export interface StepDefinition<I, T, S extends string> {
  step: Step;
  /** The step fails with `ComputeOperationTimedOut` when Azure has not finished by then. */
  limitSeconds: number;
  memo: unknown;
  /** `start` runs first. Each stage knows the form of the memo that the stages before it leave. */
  stages: Record<S | 'start', Stage<I, T, S>>;
  /** Stages that know better what to do when the operation they waited for failed; nothing where they do not. */
  whenFailed?: Partial<Record<S | 'start', WhenFailed<I, T, S>>>;
}

type AnyNext<T, S extends string> = Next<T, unknown, S | 'start'>;
type Stage<I, T, S extends string> = (context: StageContext<I, never>) => Promise<AnyNext<T, S>>;
type WhenFailed<I, T, S extends string> = (
  context: StageContext<I, never>,
  failure: BackupError,
) => Promise<AnyNext<T, S> | undefined>;

/** How long to wait when Azure does not say: its "get operation" budget allows 15 polls a minute for one VM. */
const DEFAULT_WAIT_SECONDS = 10;
/** Answers of 5xx in a row before a step gives up; throttling is waited out until the deadline. */
const MAX_STUMBLES = 8;
/** How often in a row what a stage begins may come to nothing before the step fails: with the back-off, some minutes. */
const MAX_FAILURES = 4;
/** Where the service asks for no wait at all, this many turns are taken before the orchestrator gets the token back. */
const TURNS_AT_ONCE = 12;

/** Doubles with every time in a row. */
const backOffSeconds = (times: number): number => Math.min(DEFAULT_WAIT_SECONDS * 2 ** (times - 1), 300);

/** The stage that follows a request just sent. */
export const waitFor = <M, S extends string>(begun: Begun, stage: S, memo: M): Next<never, M, S> => ({
  done: false,
  stage,
  memo,
  pending: begun.pending,
  retryAfterSeconds: begun.pending ? (begun.retryAfterSeconds ?? DEFAULT_WAIT_SECONDS) : 0,
});

/** Another stage, at once. */
export const again = <S extends string>(stage: S): Next<never, object, S> => ({
  done: false,
  stage,
  memo: {},
});

/** A stage that begins anew, because what Azure made is no good. */
export const beginAnew = <M, S extends string>(
  stage: S,
  memo: M,
  failure: BackupError,
): Next<never, M, S> => ({ done: false, stage, memo, failure });

export const finished = <T>(result: T): Next<T, never, never> => ({ done: true, result });

/** Makes a step callable: `(compute, input)` starts it, `(compute, input, token)` polls once and goes on if it can. */
export function longRunningStep<I, T, S extends string = never>(
  definition: StepDefinition<I, T, S>,
): (compute: Compute, input: I, token?: string) => Promise<Operation<T>> {
  return async (compute, input, token) => {
    let state = token === undefined ? freshState(definition) : readToken(token, definition);
    for (let turn = 1; ; turn++) {
      const next = await takeTurn(definition, compute, input, state, turn === 1);
      if ('done' in next) return next;
      state = next.state;
      if (next.retryAfterSeconds > 0 || turn === TURNS_AT_ONCE) {
        return { done: false, token: writeToken(state), retryAfterSeconds: next.retryAfterSeconds };
      }
    }
  };
}

type Turn<T> = { done: true; result: T } | { state: StepState; retryAfterSeconds: number };

async function takeTurn<I, T, S extends string>(
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
    // An outcome is final; everything else that a stage throws is about a request of its own, which may be sent again.
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

/** The state after a stage that is not the last. Throws what made it begin anew, when that was so too often. */
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

const freshState = <I, T, S extends string>({
  step,
  memo,
  limitSeconds,
}: StepDefinition<I, T, S>): StepState => ({
  version: 2,
  step,
  stage: 'start',
  memo,
  failures: {},
  deadline: Date.now() + limitSeconds * 1000,
  stumbles: 0,
});

function timedOut<I, T, S extends string>(
  { step, limitSeconds }: StepDefinition<I, T, S>,
  { stage }: StepState,
): BackupError {
  const minutes = Math.round(limitSeconds / 60);
  return stepFailure('ComputeOperationTimedOut', step, `Not finished after ${minutes} minutes (${stage}).`);
}
