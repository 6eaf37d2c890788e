// Processes: starts the programs of this project as processes of their own, watches them, ends
// them in order and keeps their logs. What else every start needs lies here too: where the
// project is, and what Ctrl-C means.

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import path from 'node:path';
import { endOfLog, rotateLog } from './part-log';

const READY_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 15_000;

/** What whoever starts a part wants to hear and say while it starts. */
export interface StartWatch {
  /** Told as soon as the process exists. */
  onSpawn?(pid: number): void;
  /** Gives the start up; the process is ended. */
  signal?: AbortSignal;
}

/** What a part tells over IPC once it answers requests. */
export interface ReadyMessage {
  type: 'ready';
  url: string;
  subscriptionId?: string;
  /** Of a storage account with all its services. */
  queueUrl?: string;
  tableUrl?: string;
}

export interface PartSpec {
  /** As people read it in messages. */
  name: string;
  /** The program: a Node script that says `ready` over IPC and ends on SIGTERM or when the channel closes. */
  script: string;
  args: string[];
  /** For Node itself. */
  execArgv?: string[];
  /** Added to this process's environment. */
  env?: Record<string, string>;
  /** Takes stdout and stderr; both are thrown away when left out. */
  logFile?: string;
  readyWithinMs?: number;
}

export interface PartExit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A process of ours that is up and answers. */
export interface Part {
  name: string;
  pid: number;
  ready: ReadyMessage;
  logFile?: string;
  /** Settles when the process has ended, for whatever reason; never rejects. */
  exited: Promise<PartExit>;
  /** Asks it to end and waits until it has; after 15 s it is killed. */
  stop(): Promise<void>;
  /** Ends it at once. */
  kill(): void;
}

/** A part ended, or did not get ready: which one, how, and the end of its log. */
export class PartDied extends Error {
  override readonly name = 'PartDied';
  constructor(
    readonly part: string,
    readonly exit: PartExit | undefined,
    readonly logTail: string,
    readonly logFile?: string,
  ) {
    super(`${part} ${howItEnded(exit)}.${logTail ? ` The end of its log:\n${logTail}` : ''}`);
  }
}

const howItEnded = (exit: PartExit | undefined): string => {
  if (!exit) return 'did not become ready in time';
  return exit.signal ? `was ended by ${exit.signal}` : `ended with code ${exit.code}`;
};

/**
 * Starts a program in a process group of its own, so that a Ctrl-C reaches only its supervisor, which stops
 * the parts in order; the IPC channel ties its life to ours. Its output goes straight to the file, so it
 * can write on while we die. Settles when it is ready. Rejects with `PartDied`, or with the signal's
 * reason, and then the process has ended.
 */
export async function startPart(spec: PartSpec, watch: StartWatch = {}): Promise<Part> {
  const child = spawnPart(spec);
  const exited = exitOf(child);
  if (child.pid !== undefined) watch.onSpawn?.(child.pid);
  try {
    const ready = await readyOf(child, exited, spec, watch.signal);
    return {
      name: spec.name,
      pid: child.pid ?? 0,
      ready,
      logFile: spec.logFile,
      exited,
      stop: () => stopPart(child, exited),
      kill: () => void child.kill('SIGKILL'),
    };
  } catch (error) {
    child.kill('SIGKILL');
    await exited;
    throw error;
  }
}

/** The error that tells of a part's unexpected end. */
export function deathOf(part: Pick<Part, 'name' | 'logFile'>, exit: PartExit | undefined): PartDied {
  return new PartDied(part.name, exit, part.logFile ? endOfLog(part.logFile) : '', part.logFile);
}

function spawnPart({ script, args, execArgv = [], env, logFile }: PartSpec): ChildProcess {
  const output = logFile ? openLog(logFile) : 'ignore';
  try {
    return fork(script, args, {
      env: { ...process.env, ...env },
      execArgv,
      detached: process.platform !== 'win32',
      stdio: ['ignore', output, output, 'ipc'],
    });
  } finally {
    if (typeof output === 'number') closeSync(output);
  }
}

function openLog(logFile: string): number {
  mkdirSync(path.dirname(logFile), { recursive: true });
  rotateLog(logFile);
  return openSync(logFile, 'a');
}

function exitOf(child: ChildProcess): Promise<PartExit> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', () => child.pid === undefined && resolve({ code: null, signal: null }));
  });
}

async function readyOf(
  child: ChildProcess,
  exited: Promise<PartExit>,
  spec: PartSpec,
  signal?: AbortSignal,
): Promise<ReadyMessage> {
  signal?.throwIfAborted();
  const late = AbortSignal.timeout(spec.readyWithinMs ?? READY_WITHIN_MS);
  const givenUp = AbortSignal.any(signal ? [late, signal] : [late]);
  const settled = new AbortController();
  try {
    const first = await Promise.race([
      readyMessage(child, settled.signal),
      exited,
      once(givenUp, 'abort', { signal: settled.signal }).then(() => undefined),
    ]);
    if (first && 'url' in first) return first;
    signal?.throwIfAborted();
    throw deathOf(spec, first);
  } finally {
    settled.abort();
  }
}

async function readyMessage(child: ChildProcess, signal: AbortSignal): Promise<ReadyMessage> {
  for (;;) {
    const [message] = await once(child, 'message', { signal });
    if (isReady(message)) return message;
  }
}

const isReady = (message: unknown): message is ReadyMessage =>
  typeof message === 'object' &&
  message !== null &&
  'type' in message &&
  message.type === 'ready' &&
  'url' in message;

async function stopPart(child: ChildProcess, exited: Promise<PartExit>): Promise<void> {
  // On Windows a signal ends a process without a word; the closed channel is what it can act on.
  if (process.platform === 'win32') child.disconnect();
  else child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
  await exited;
  clearTimeout(timer);
}
