import { extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { deferred } from '../basics/deferred';
import { HostError } from '../basics/errors';
import type { Log } from '../basics/log';
import type {
  FromThread,
  FunctionMetadata,
  Invocation,
  InvocationResponse,
  ThreadData,
  ToThread,
} from './protocol';

/** A function threw: the message and stack of what it threw. */
export class FunctionError extends Error {
  override readonly name = 'FunctionError';
  constructor(
    message: string,
    readonly functionStack: string,
  ) {
    super(message);
  }
}

/** The thread ended while the function ran: whether the function did its work is not known. */
export class ThreadLost extends Error {
  override readonly name = 'ThreadLost';
}

/** A running thread with the app loaded in it. */
export interface AppThread {
  functions: FunctionMetadata[];
  /** Where to forward HTTP requests when the app streams. */
  httpUri: string | undefined;
  /** @throws FunctionError or ThreadLost. */
  invoke(invocation: Invocation): Promise<InvocationResponse>;
  /** Lets the app's termination hooks run, then ends the thread with everything in it. */
  stop(): Promise<void>;
  /** Ends the thread at once. */
  kill(): Promise<unknown>;
  /** Settles when the thread has ended, whatever the reason. */
  ended: Promise<void>;
}

/** How long an app's `appTerminate` hooks may take. */
const TERMINATE_HOOKS_MS = 2_000;

/**
 * Starts a thread and loads the app in it.
 * @throws HostError when the app does not load.
 */
export async function startAppThread(data: ThreadData, env: NodeJS.ProcessEnv, log: Log): Promise<AppThread> {
  const worker = new Worker(...workerArguments(data, env));
  const pending = new Map<
    string,
    { resolve: (response: InvocationResponse) => void; reject: (error: Error) => void }
  >();
  const post = (message: ToThread) => worker.postMessage(message);
  const settle = (invocationId: string) => {
    const waiting = pending.get(invocationId);
    pending.delete(invocationId);
    return waiting;
  };

  let crash: Error | undefined;
  const stopped = deferred<void>();
  const ready = deferred<Extract<FromThread, { type: 'ready' }>>();
  const ended = deferred<void>();
  worker.on('message', (message: FromThread) => {
    switch (message.type) {
      case 'result':
        return settle(message.invocationId)?.resolve(message.response);
      case 'error':
        return settle(message.invocationId)?.reject(new FunctionError(message.message, message.stack ?? ''));
      case 'log':
        return log(message.level, message.source, message.message);
      case 'ready':
        return ready.resolve(message);
      case 'failed':
        return ready.reject(new HostError(message.message, `Correct the app.\n${message.stack ?? ''}`));
      case 'stopped':
        return stopped.resolve();
    }
  });
  worker.on('error', (error: Error) => {
    crash = error;
    log('critical', 'host', `The app's thread crashed: ${error.stack ?? error.message}`);
  });
  worker.on('exit', (code) => {
    const reason = crash ? crash.message : `exit code ${code}`;
    ready.reject(new HostError(`The app's thread ended while it loaded (${reason}).`, 'Correct the app.'));
    for (const invocationId of [...pending.keys()]) {
      settle(invocationId)?.reject(new ThreadLost(`The app's thread ended (${reason}).`));
    }
    stopped.resolve();
    ended.resolve();
  });
  logLines(worker.stdout, (line) => log('information', 'console', line));
  logLines(worker.stderr, (line) => log('information', 'console', line));

  const { functions, httpUri } = await ready.promise.catch(async (error: unknown) => {
    await worker.terminate();
    throw error;
  });
  return {
    functions,
    httpUri,
    ended: ended.promise,
    invoke: (invocation) =>
      new Promise((resolve, reject) => {
        pending.set(invocation.invocationId, { resolve, reject });
        post({ type: 'invoke', invocation });
      }),
    kill: () => worker.terminate(),
    async stop() {
      crash = new Error('the host stops');
      post({ type: 'stop' });
      const timer = setTimeout(stopped.resolve, TERMINATE_HOOKS_MS);
      await stopped.promise;
      clearTimeout(timer);
      await worker.terminate();
    },
  };
}

/** Runs the compiled entry point, or, from a test, the TypeScript source beside this file. */
function workerArguments(data: ThreadData, env: NodeJS.ProcessEnv): ConstructorParameters<typeof Worker> {
  const ending = extname(__filename);
  const hook = pathToFileURL(join(__dirname, 'from-source.mjs')).href;
  const fromSource = ending === '.ts' ? { execArgv: ['--import', hook] } : {};
  return [
    join(__dirname, `app-thread${ending}`),
    { workerData: data, env, stdout: true, stderr: true, ...fromSource },
  ];
}

function logLines(stream: NodeJS.ReadableStream, write: (line: string) => void): void {
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    for (const line of text.split('\n')) if (line.trim()) write(line);
  });
}
