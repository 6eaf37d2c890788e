/** Why the local host answers some cases in its own way. */
export interface IntendedDifference {
  /** What differs, and why that is meant. The README of the functions host says the same. */
  reason: string;
  cases: readonly string[];
}

/** Everything in which the local host is meant to differ from the recordings. */
export const INTENDED: readonly IntendedDifference[] = [
  {
    reason: 'A call of a function that is not there, or of another kind, fails; on Azure it hangs for ever.',
    cases: ['unknownActivity', 'unknownSub', 'activityAsSub'],
  },
  {
    reason: 'A retryTimeout that has passed fails the instance; on Azure it hangs for ever.',
    cases: ['retryTimeout'],
  },
  {
    reason: 'A child under the id of an instance that is alive fails; on Azure the two become one.',
    cases: ['sameChild-alive'],
  },
  {
    reason: 'An instance of a version that the app does not run fails; on Azure it stays Pending.',
    cases: ['start-version'],
  },
  {
    reason: 'Rewind is refused with 501: it is not built, and the app does not use it.',
    cases: ['rewind'],
  },
  {
    reason: 'What is wrong with a body that is no JSON is said in the words of Node.js.',
    cases: ['event-noBody', 'event-badJson', 'start-bodies', 'sdk-raise-none'],
  },
  {
    reason:
      'Of an orchestrator that throws what is no error, its parent learns less: the text, no .NET exception.',
    cases: ['subThrows-string', 'subThrows-object', 'subThrows-date', 'subThrows-empty'],
  },
];
