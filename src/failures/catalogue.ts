/** One row of the catalogue of failures: everything about a cause that does not depend on the occasion. */
export interface CatalogueEntry {
  /** The step of the process in which the cause shows. */
  step: string;
  /** One line: what it means. */
  title: string;
  /** What to do about it, in the imperative. */
  remedy: string;
  /** True when trying again later can help without anybody doing anything. */
  retryable: boolean;
}

const catalogue = <Code extends string>(entries: Record<Code, CatalogueEntry>) => entries;

/** Every failure that the system can name. The documentation page of failures is made from this table. */
export const CATALOGUE = catalogue({
  // --- any step -------------------------------------------------------------------------------------------
  InternalError: {
    step: 'any',
    title: 'Something happened that this version does not know.',
    remedy: 'Look at the message and the log of the function app; report it if it returns.',
    retryable: true,
  },
  // --- starting a job -------------------------------------------------------------------------------------
  BackupAlreadyRunning: {
    step: 'start',
    title: 'The VM has a backup running; a second one would snapshot it twice.',
    remedy: 'Wait for the running job, or cancel it.',
    retryable: false,
  },
  // --- compute: discover, inspect, extension, snapshot, disk access, clean-up --------------------------------
  // --- vault: plan, transfer, commit, read, verify, reclaim --------------------------------------------------
});

export type FailureCode = keyof typeof CATALOGUE;
