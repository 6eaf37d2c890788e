import type { RetryOptions } from '../durable-task/actions';

/** The extension's cap of one retry delay when the app sets none. */
const DEFAULT_MAX_INTERVAL_MS = 6 * 24 * 3600 * 1000;

/**
 * How long the extension waits after a failed attempt.
 *
 * @param attempt 1 for the first attempt.
 * @returns milliseconds; 0 after the last attempt (the extension still makes a timer then, which fires at
 *   once); undefined when `retryTimeout` has passed: the extension gives up without a timer.
 */
export function retryDelay(
  options: RetryOptions,
  attempt: number,
  firstAttemptAt: number,
  now: number,
): number | undefined {
  const timeout = options.retryTimeoutInMilliseconds;
  if (timeout !== undefined && now >= firstAttemptAt + timeout) return undefined;
  if (attempt >= options.maxNumberOfAttempts) return 0;
  const delay = options.firstRetryIntervalInMilliseconds * (options.backoffCoefficient ?? 1) ** (attempt - 1);
  return Math.min(delay, options.maxRetryIntervalInMilliseconds ?? DEFAULT_MAX_INTERVAL_MS);
}
