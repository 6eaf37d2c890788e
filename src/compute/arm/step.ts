import type { Compute } from './connection';
import type { Operation } from './operation';
import type { StepDefinition } from './step-stages';
import { readToken, type StepState, writeToken } from './step-token';
import { takeTurn } from './step-turn';

export {
  again,
  beginAnew,
  finished,
  type Next,
  type StageContext,
  type StepDefinition,
  waitFor,
} from './step-stages';

/**
 * Where the service asks for no wait at all, this many turns are taken before the orchestrator gets the token
 * back.
 */
const TURNS_AT_ONCE = 12;

/**
 * Makes a step callable: `(compute, input)` starts it, `(compute, input, token)` polls once and goes on if it
 * can.
 */
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
