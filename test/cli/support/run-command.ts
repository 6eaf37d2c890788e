import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { compiled } from '../../../local/process/project-root';

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface RunningCommand {
  child: ChildProcess;
  ended: Promise<Ended>;
  /** Settles when the command has said these words, on stdout or stderr; rejects when it ends before. */
  says(words: string): Promise<void>;
  /** What it has written to stdout so far. */
  soFar(): string;
}

export interface CommandOptions {
  env?: Record<string, string>;
  cwd?: string;
}

/** The bundle as people run it, with nothing of this shell's settings, and without a terminal. */
export function startCommand(args: string[], { env = {}, cwd }: CommandOptions = {}): RunningCommand {
  const program = compiled('vmbackup.cjs');
  if (!existsSync(program)) throw new Error('Build first: npm run build (npm test does).');
  const child = spawn(process.execPath, [program, ...args], {
    cwd,
    env: { PATH: process.env.PATH, HOME: '/nowhere', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { stdout: '', stderr: '' };
  const listeners = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      said[name] += text;
      for (const listener of listeners) listener();
    });
  }
  const ended = once(child, 'close').then(([code]): Ended => ({ code, ...said }));
  const says = (words: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => (said.stdout + said.stderr).includes(words) && resolve();
      listeners.add(look);
      look();
      void ended.then(() => reject(new Error(`It ended without "${words}":\n${said.stdout}${said.stderr}`)));
    });
  return { child, ended, says, soFar: () => said.stdout };
}

/** Runs a command line to its end. */
export const runCommand = (args: string[], options?: CommandOptions): Promise<Ended> =>
  startCommand(args, options).ended;
