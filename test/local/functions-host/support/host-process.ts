import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** A host that runs as a process of its own. */
export interface HostProcess {
  child: ChildProcess;
  /** Its address, as soon as it is ready; rejects when the process ends before. */
  url: Promise<string>;
  exited: Promise<number | null>;
  /** Everything that it wrote to standard error. */
  log(): string;
  /** Everything that it wrote to standard output. */
  output(): string;
}

/** Starts the compiled host with an IPC channel. */
export function startHostProcess(main: string, args: string[], env: NodeJS.ProcessEnv = {}): HostProcess {
  const child = spawn(process.execPath, [main, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let log = '';
  child.stderr?.on('data', (text) => {
    log += text;
  });
  let output = '';
  child.stdout?.on('data', (text) => {
    output += text;
  });
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  const url = Promise.race([
    once(child, 'message').then(([message]) => (message as { url: string }).url),
    exited.then(() => Promise.reject(new Error(`The host ended before it was ready.\n${log}`))),
  ]);
  url.catch(() => {});
  return { child, url, exited, log: () => log, output: () => output };
}
