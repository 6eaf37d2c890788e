import { closeSync, fstatSync, openSync, readSync, renameSync } from 'node:fs';

const TAIL_BYTES = 8 * 1024;
const TAIL_LINES = 15;

/** The last lines of a log, or nothing when there is no log. */
export function endOfLog(logFile: string): string {
  let file: number;
  try {
    file = openSync(logFile, 'r');
  } catch {
    return '';
  }
  try {
    const size = fstatSync(file).size;
    const tail = Buffer.alloc(Math.min(size, TAIL_BYTES));
    const read = readSync(file, tail, 0, tail.length, size - tail.length);
    return tail.toString('utf8', 0, read).trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
  } finally {
    closeSync(file);
  }
}

/** Keeps the log of the start before this one as `NAME.previous.log`, and nothing older. */
export function rotateLog(logFile: string): void {
  try {
    renameSync(logFile, logFile.replace(/(\.log)?$/, '.previous.log'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
