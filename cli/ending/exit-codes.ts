/** What a command ends with; a test holds these against the table of docs/command-line.md. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  notAllowed: 4,
  jobFailed: 5,
  jobCancelled: 6,
  warnings: 7,
  conflict: 8,
  unreachable: 9,
  damaged: 10,
  interrupted: 130,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
