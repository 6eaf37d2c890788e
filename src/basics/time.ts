/** `time` (ISO 8601) moved by `seconds`. */
export const addSeconds = (time: string, seconds: number): string =>
  new Date(Date.parse(time) + seconds * 1000).toISOString();

/** Seconds from `earlier` to `later`, both ISO 8601. */
export const secondsBetween = (earlier: string, later: string): number =>
  (Date.parse(later) - Date.parse(earlier)) / 1000;

/** Whether `a` is an earlier moment than `b`, both ISO 8601 in whatever spelling. */
export const isBefore = (a: string, b: string): boolean => Date.parse(a) < Date.parse(b);

/**
 * A durable timer is a message of a queue, and the storage client cuts its delay to whole seconds: it
 * fires up to a second early (`docs/real-engine.md`).
 */
const TIMERS_ARE_EARLY_SECONDS = 1;

/** What a durable timer is set to `from` now so that it fires no sooner than in `seconds`, in whole ones. */
export const noSoonerThan = (from: Date, seconds: number): Date =>
  new Date(from.getTime() + (Math.ceil(seconds) + TIMERS_ARE_EARLY_SECONDS) * 1000);
