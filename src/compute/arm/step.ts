import { type BackupError, brokenInvariant } from '../../failures/failure';
import type { ArmError } from '../failures/arm-error';
import { armFailure, asStepFailure, type Step, stepFailure } from '../failures/arm-failure';
import type { Compute } from './connection';
import { type Begun, type Pending, poll } from './long-running';
import type { Operation } from './operation';

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
    };

/** What a stage gets to know: the input, what earlier stages noted, and how the operation it waited for ended. */
export interface StageContext<I, M> {
  compute: Compute;
  input: I;
  memo: M;
  /** The operation that was waited for, for its result; absent when Azure has forgotten it. */
  ended?: Pending;
  /** Present when that operation failed. */
  error?: ArmError;
}

/**
 * A step of the process that takes as long as Azure takes: a little state machine whose state travels in the token. A stage
 * may run twice, after a crash or a throttled call, so each looks before it changes anything.
 */
export interface StepDefinition<I, T, S extends string> {
  step: Step;
  /** The step fails with `ComputeOperationTimedOut` when Azure has not finished by then. */
  limitSeconds: number;
  memo: unknown;
  /** `start` runs first. Each stage knows the form of the memo that the stages before it leave. */
  stages: Record<S | 'start', (context: StageContext<I, never>) => Promise<Next<T, unknown, S | 'start'>>>;
}

interface State<S extends string> {
  version: 1;
  step: Step;
  stage: S;
  memo: unknown;
  pending?: Pending;
  /** Milliseconds since the epoch. */
  deadline: number;
  /** Consecutive answers that said "not now". */
  stumbles: number;
}

/** How long to wait when Azure does not say: its "get operation" budget allows 15 polls a minute for one VM. */
const DEFAULT_WAIT_SECONDS = 10;
/** Answers of 5xx in a row before a step gives up; throttling is waited out until the deadline. */
const MAX_STUMBLES = 8;
/** Where the service asks for no wait at all, this many turns are taken before the orchestrator gets the token back. */
const TURNS_AT_ONCE = 12;

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

export const finished = <T>(result: T): Next<T, never, never> => ({ done: true, result });

/** Makes a step callable: `(compute, input)` starts it, `(compute, input, token)` polls once and goes on if it can. */
export function longRunningStep<I, T, S extends string = never>(
  definition: StepDefinition<I, T, S>,
): (compute: Compute, input: I, token?: string) => Promise<Operation<T>> {
  return async (compute, input, token) => {
    let state: State<S | 'start'> =
      token === undefined ? freshState(definition) : readToken(token, definition);
    for (let turn = 1; ; turn++) {
      const next = await takeTurn(definition, compute, input, state);
      if ('done' in next) return next;
      state = next.state;
      if (next.retryAfterSeconds > 0 || turn === TURNS_AT_ONCE) {
        return { done: false, token: JSON.stringify(state), retryAfterSeconds: next.retryAfterSeconds };
      }
    }
  };
}

type Turn<T, S extends string> = { done: true; result: T } | { state: State<S>; retryAfterSeconds: number };

async function takeTurn<I, T, S extends string>(
  definition: StepDefinition<I, T, S>,
  compute: Compute,
  input: I,
  state: State<S | 'start'>,
): Promise<Turn<T, S | 'start'>> {
  const { step } = definition;
  if (Date.now() > state.deadline) {
    const minutes = Math.round(definition.limitSeconds / 60);
    throw stepFailure(
      'ComputeOperationTimedOut',
      step,
      `Not finished after ${minutes} minutes (${state.stage}).`,
    );
  }
  try {
    const polled = state.pending && (await poll(compute, state.pending, step));
    if (polled?.state === 'running') {
      return {
        state: { ...state, stumbles: 0 },
        retryAfterSeconds: polled.retryAfterSeconds ?? DEFAULT_WAIT_SECONDS,
      };
    }
    const stage = definition.stages[state.stage];
    const ended = polled?.state === 'lost' ? undefined : state.pending;
    const error = polled?.state === 'failed' ? polled.error : undefined;
    const next = await stage({ compute, input, memo: state.memo as never, ended, error });
    if (next.done) return next;
    const { memo, pending, retryAfterSeconds = pending ? DEFAULT_WAIT_SECONDS : 0 } = next;
    return { state: { ...state, stage: next.stage, memo, pending, stumbles: 0 }, retryAfterSeconds };
  } catch (error) {
    return waitOut(state, asStepFailure(error, step));
  }
}

/** "Not now" is no failure of a step: it waits as long as the service asks. Anything else is thrown. */
function waitOut<S extends string>(state: State<S>, error: BackupError): Turn<never, S> {
  const { code, retryAfterSeconds } = error.failure;
  const throttled = code === 'TooManyRequests';
  const stumbles = state.stumbles + 1;
  if (!throttled && (code !== 'ComputeUnavailable' || stumbles > MAX_STUMBLES)) throw error;
  const patience = Math.min(DEFAULT_WAIT_SECONDS * 2 ** (stumbles - 1), 300);
  return { state: { ...state, stumbles }, retryAfterSeconds: retryAfterSeconds ?? patience };
}

const freshState = <I, T, S extends string>(definition: StepDefinition<I, T, S>): State<'start'> => ({
  version: 1,
  step: definition.step,
  stage: 'start',
  memo: definition.memo,
  deadline: Date.now() + definition.limitSeconds * 1000,
  stumbles: 0,
});

/** The token comes back from a history that another version of the app may have written. */
function readToken<I, T, S extends string>(
  token: string,
  { step, stages }: StepDefinition<I, T, S>,
): State<S | 'start'> {
  const state = JSON.parse(token) as State<S | 'start'>;
  if (state.version !== 1 || state.step !== step || !Object.hasOwn(stages, state.stage)) {
    throw brokenInvariant(`The token is not one of the step "${step}".`);
  }
  return state;
}

/** For stages that cannot go on when the operation failed. */
export function throwIfFailed(error: ArmError | undefined, step: Step): void {
  if (error) throw armFailure(error, step);
}
