const FIRST_SECONDS = 2;
const LONGEST_SECONDS = 300;

/**
 * Seconds to wait after the given failed attempt (1, 2, …): doubling, never sooner than the service asked.
 */
export const retryDelaySeconds = (attempt: number, retryAfterSeconds = 0): number =>
  Math.max(retryAfterSeconds, Math.min(LONGEST_SECONDS, FIRST_SECONDS * 2 ** (attempt - 1)));
