import type { BackupError } from '../../failures/failure';
import type { Step } from '../failures/arm-failure';
import type { Compute } from './connection';
import type { Begun, Pending } from './long-running';

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
      /**
       * Why the next stage has to begin anew. It does so after a back-off; after too many times the step
       * fails with this.
       */
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
 * A step of the process that takes as long as Azure takes: a little state machine whose state travels in the
 * token. A stage may run twice, after a crash or a throttled call, so each looks before it changes anything.
 *
 * An operation that ended as failed has an outcome, and no stage has to remember it: where the cause may
 * pass, the stage that began the operation runs again after a back-off, a few times; any other cause ends the
 * step at once.
 */
export interface StepDefinition<I, T, S extends string> {
  step: Step;
  /** The step fails with `ComputeOperationTimedOut` when Azure has not finished by then. */
  limitSeconds: number;
  memo: unknown;
  /** `start` runs first. Each stage knows the form of the memo that the stages before it leave. */
  stages: Record<S | 'start', Stage<I, T, S>>;
  /**
   * Stages that know better what to do when the operation they waited for failed; nothing where they do not.
   */
  whenFailed?: Partial<Record<S | 'start', WhenFailed<I, T, S>>>;
}

export type AnyNext<T, S extends string> = Next<T, unknown, S | 'start'>;
type Stage<I, T, S extends string> = (context: StageContext<I, never>) => Promise<AnyNext<T, S>>;
type WhenFailed<I, T, S extends string> = (
  context: StageContext<I, never>,
  failure: BackupError,
) => Promise<AnyNext<T, S> | undefined>;

/**
 * How long to wait when Azure does not say: its "get operation" budget allows 15 polls a minute for one VM.
 */
export const DEFAULT_WAIT_SECONDS = 10;

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
