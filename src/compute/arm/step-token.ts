import { z } from 'zod';
import { brokenInvariant } from '../../failures/failure';
import { Pending } from './long-running';

/** The stage that began an operation, and what it knew then; without a memo, what the step knows still. */
const BegunBy = z.object({ stage: z.string(), memo: z.unknown().optional() });

/** Where a step stands between two calls. */
export const StepState = z.object({
  version: z.literal(2),
  step: z.string(),
  stage: z.string(),
  memo: z.unknown(),
  /** The operation whose end `stage` waits for. */
  pending: Pending.optional(),
  /** Present with `pending`. */
  begunBy: BegunBy.optional(),
  /** How often in a row what a stage began has come to nothing. */
  failures: z.record(z.string(), z.number()),
  /** Milliseconds since the epoch. */
  deadline: z.number(),
  /** Consecutive questions that could not be asked, or were answered with "not now". */
  stumbles: z.number(),
});
export type StepState = z.output<typeof StepState>;

/** Tokens of before the step knew what had begun an operation: the step looks anew from its start. */
const StepStateV1 = StepState.omit({ begunBy: true, failures: true })
  .extend({ version: z.literal(1) })
  .transform((state): StepState => ({ ...state, version: 2, failures: {} }));

const AnyStepState = z.union([StepState, StepStateV1]);

export const writeToken = (state: StepState): string => JSON.stringify(state);

/** The token comes back from a history that another version of the app may have written. */
export function readToken(
  token: string,
  { step, stages }: { step: string; stages: Readonly<Record<string, unknown>> },
): StepState {
  const { data: state } = AnyStepState.safeParse(parse(token));
  const begunBy = state?.begunBy?.stage ?? 'start';
  if (state?.step !== step || !Object.hasOwn(stages, state.stage) || !Object.hasOwn(stages, begunBy)) {
    throw brokenInvariant(`The token is not one of the step "${step}".`);
  }
  return state;
}

function parse(token: string): unknown {
  try {
    return JSON.parse(token);
  } catch {
    return undefined;
  }
}
