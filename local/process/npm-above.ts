import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { identify, isRunning, type ProcessIdentity } from './process-identity';

const SHELL = /^-?(ba|da|a|z|k|c|tc|fi)?sh$/;
/** npm starts a script through one shell; a script that calls a shell of its own adds another. */
const MOST_SHELLS = 4;

interface Ancestor {
  program: string;
  parent: number;
}

/**
 * The processes from this one's parent up to npm: npm runs a script in a shell, which stays between the two,
 * and outlives an npm that is killed without a word.
 */
export function npmAbove(): ProcessIdentity[] {
  const above: ProcessIdentity[] = [];
  for (let pid = process.ppid; pid > 1 && above.length <= MOST_SHELLS; ) {
    const ancestor = look(pid);
    above.push(identify(pid));
    if (ancestor === undefined || !SHELL.test(ancestor.program)) break;
    pid = ancestor.parent;
  }
  return above;
}

/**
 * Whether npm, or what stands between it and this process, has ended; the parent changes in the moment in
 * which it does.
 */
export const isNpmGone = (above: readonly ProcessIdentity[]): boolean =>
  above.length > 0 && (above[0]?.pid !== process.ppid || !above.every(isRunning));

/** Undefined where the system does not say. */
function look(pid: number): Ancestor | undefined {
  try {
    return process.platform === 'linux' ? fromProc(pid) : fromPs(pid);
  } catch {
    return undefined;
  }
}

/**
 * Fields 2 and 4 of `/proc/PID/stat` (proc(5)): the program's name in parentheses, which may hold anything,
 * and the parent.
 */
function fromProc(pid: number): Ancestor {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const end = stat.lastIndexOf(')');
  return {
    program: stat.slice(stat.indexOf('(') + 1, end),
    parent: Number(stat.slice(end + 2).split(' ')[1]),
  };
}

function fromPs(pid: number): Ancestor {
  const line = execFileSync('ps', ['-o', 'ppid=,comm=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  const [, parent = '', program = ''] = /^(\d+)\s+(.*)$/.exec(line) ?? [];
  return { program: basename(program), parent: Number(parent) };
}
