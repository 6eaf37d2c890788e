import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { isRunning, type ProcessIdentity } from '../../../local/process/process-identity';
import { compiled } from '../../../local/process/project-root';
import { type Addresses, readRunning } from '../../../local/start/state-folder';
import { watchAnswers } from '../../functions/support/watch-answers';

export interface Finished {
  code: number | null;
  output: string;
}

/** Runs one of the compiled programs to its end, as npm does. */
export async function runProgram(program: string[], args: string[]): Promise<Finished> {
  const child = launch(program, args);
  return child.finished;
}

/** `npm start`, up and running. */
export interface Started {
  child: ChildProcess;
  addresses: Addresses;
  /** The supervisor's parts. */
  parts: ProcessIdentity[];
  /** Settles when the supervisor has ended. */
  finished: Promise<Finished>;
}

/** Starts the system as people do and waits until it prints where it answers. */
export async function startAsPeopleDo(state: string, args: string[]): Promise<Started> {
  const { child, finished, says } = launch(['local', 'start', 'main.js'], ['--state', state, ...args]);
  await Promise.race([says('Ctrl-C stops everything'), finished.then(failEarly)]);
  const running = readRunning(state);
  if (!running?.addresses) throw new Error('It says that it runs, but running.json does not.');
  await watchAnswers(running.addresses.api);
  return { child, addresses: running.addresses, parts: running.parts, finished };
}

/** Settles when none of the processes runs any more. They are not ours: nobody tells us, so we look. */
export async function untilGone(processes: ProcessIdentity[]): Promise<void> {
  while (processes.some(isRunning)) await new Promise((resolve) => setTimeout(resolve, 50));
}

function launch(program: string[], args: string[]) {
  const script = compiled(...program);
  if (!existsSync(script)) throw new Error('Build first: npm run build (npm test does).');
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => {
      output += text;
      for (const listener of listeners) listener();
    });
  }
  const says = (words: string) =>
    new Promise<void>((resolve) => {
      const look = () => output.includes(words) && resolve();
      listeners.add(look);
      look();
    });
  const finished = once(child, 'close').then(([code]): Finished => ({ code, output }));
  return { child, finished, says };
}

const failEarly = ({ code, output }: Finished) => {
  throw new Error(`It ended with code ${code}:\n${output}`);
};
