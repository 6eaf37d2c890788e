/** `time` (ISO 8601) moved by `seconds`. */
export const addSeconds = (time: string, seconds: number): string =>
  new Date(Date.parse(time) + seconds * 1000).toISOString();

/** Seconds from `earlier` to `later`, both ISO 8601. */
export const secondsBetween = (earlier: string, later: string): number =>
  (Date.parse(later) - Date.parse(earlier)) / 1000;

/** Whether `a` is an earlier moment than `b`, both ISO 8601 in whatever spelling. */
export const isBefore = (a: string, b: string): boolean => Date.parse(a) < Date.parse(b);

/** The moment `seconds` after `from`: what a durable timer of an orchestrator is set to. */
export const secondsAfter = (from: Date, seconds: number): Date => new Date(from.getTime() + seconds * 1000);
