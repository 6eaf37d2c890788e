import { existsSync } from 'node:fs';
import { PartDied } from '../process/part';
import { StartRefused } from './start-refused';

/** Exit codes of the commands. */
export const EXIT = { done: 0, failed: 1, refused: 2, interrupted: 130 } as const;

/** What to tell people about an error, and the exit code that goes with it. */
export function explain(error: unknown): { message: string; exitCode: number } {
  if (error instanceof StartRefused) {
    return {
      message: [error.message, error.remedy].filter(Boolean).join('\n'),
      exitCode: EXIT.refused,
    };
  }
  if (error instanceof PartDied) {
    const log = error.logFile && existsSync(error.logFile) ? `\nThe whole log: ${error.logFile}` : '';
    return { message: `${error.message}${log}`, exitCode: EXIT.failed };
  }
  return { message: error instanceof Error ? error.message : String(error), exitCode: EXIT.failed };
}
