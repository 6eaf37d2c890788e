import { type OrchestratorState, stateOfError } from '../durable-task/actions';
import { workerFailure } from './failures';

/** A text that Newtonsoft.Json takes for a time, and the extension then for no error text. */
const LOOKS_LIKE_A_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?$/;
/** The fraction of a second that such a time has, with the zeros at its end. */
const ZEROS_OF_FRACTION = /(?:\.0+|(\.\d*?[1-9])0+)Z$/;

/**
 * The state of an orchestrator that failed, from the message of what it threw, as the extension reads it. An
 * error without a text of its own is shown as the whole failure; a message that hides no state is a failure
 * of the SDK itself, which has forgotten all actions.
 */
export function thrownState(message: string): OrchestratorState {
  const state = stateOfError(message);
  if (!state) return { isDone: false, actions: [[]], error: message };
  const { error } = state;
  const hasText = typeof error === 'string' && error !== '' && !LOOKS_LIKE_A_TIME.test(error);
  return {
    ...state,
    ...(state.customStatus !== undefined && { customStatus: withTimesAsWritten(state.customStatus) }),
    error: hasText ? error : `One or more errors occurred. (${workerFailure(message, '')})`,
  };
}

/** The extension reads the state of a failure with its times as times, and writes them in its own way. */
function withTimesAsWritten(value: unknown): unknown {
  if (typeof value === 'string') {
    return LOOKS_LIKE_A_TIME.test(value) ? value.replace(ZEROS_OF_FRACTION, '$1Z') : value;
  }
  if (Array.isArray(value)) return value.map(withTimesAsWritten);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withTimesAsWritten(inner)]));
}
