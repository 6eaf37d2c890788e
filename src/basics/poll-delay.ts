const LONGEST_SECONDS = 3600;
/** So many polls come as often as the service asks. */
const EAGER_POLLS = 10;

/**
 * Seconds to wait after the given poll (0, 1, …) of an operation that has been waited for so long. Polls grow
 * sparser, so that one of a day takes less than a hundred: what has ended is found after another tenth of the
 * time that it took, and after an hour at most.
 */
export function pollDelaySeconds(poll: number, askedSeconds: number, waitedSeconds: number): number {
  if (poll < EAGER_POLLS) return askedSeconds;
  const sparser = Math.min(Math.round(waitedSeconds / 10), LONGEST_SECONDS);
  return Math.max(askedSeconds + (poll - EAGER_POLLS + 1) * 2, sparser);
}
