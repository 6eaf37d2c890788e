/** Why the local host answers some cases in its own way. */
export interface IntendedDifference {
  /** What differs, and why that is meant. The README of the functions host says the same. */
  reason: string;
  cases: readonly string[];
}

/** Everything in which the local host is meant to differ from the recordings. */
export const INTENDED: readonly IntendedDifference[] = [];
