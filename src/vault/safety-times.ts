/**
 * The times that let garbage collection run without a lock. All are compared with the storage service's clock
 * only.
 *
 * A run may use a blob that is `refreshAfterSeconds` old when it starts, and commits at most
 * `longestRunSeconds` later; so a blob younger than the sum may belong to a run that has not committed yet.
 * Everything on top of that sum is room for a commit that hangs between its check and its write.
 */
export interface SafetyTimes {
  /** A run older than this may not commit. */
  longestRunSeconds: number;
  /** A blob older than this at the start of a run is touched before the run relies on it. */
  refreshAfterSeconds: number;
  /** Unreferenced blobs younger than this stay. More than `longestRunSeconds + refreshAfterSeconds`. */
  garbageAgeSeconds: number;
  /**
   * A deleted point can be undeleted, and keeps its content, for this long. More than `longestRunSeconds`.
   */
  graceSeconds: number;
}

const HOUR = 3600;
const DAY = 24 * HOUR;

/**
 * A daily backup ends within a day; three days leave room for a bad one. The grace is Azure Backup's soft
 * delete.
 */
export const DEFAULT_SAFETY_TIMES: SafetyTimes = {
  longestRunSeconds: 3 * DAY,
  refreshAfterSeconds: 1 * DAY,
  garbageAgeSeconds: 7 * DAY,
  graceSeconds: 14 * DAY,
};

/** Throws a RangeError when the times do not protect a running backup from garbage collection. */
export function checkSafetyTimes(times: SafetyTimes): SafetyTimes {
  const { longestRunSeconds, refreshAfterSeconds, garbageAgeSeconds, graceSeconds } = times;
  if (garbageAgeSeconds <= longestRunSeconds + refreshAfterSeconds || graceSeconds <= longestRunSeconds) {
    throw new RangeError(
      `garbage collection could overtake a backup with these times: ${JSON.stringify(times)}`,
    );
  }
  return times;
}
