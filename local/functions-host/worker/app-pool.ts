// The worker: the threads that the app runs in, and the contract with
// `@azure/functions` on both of their sides.

import type { Log } from '../basics/log';
import { type AppThread, FunctionError, startAppThread, ThreadLost } from './app-thread-handle';
import { timeoutText } from './function-timeout';
import type { FunctionMetadata, Invocation, InvocationResponse, ThreadData } from './protocol';

/** The app, running in one thread, or in one for everything and some more for activities alone. */
export interface AppPool {
  functions: FunctionMetadata[];
  /** Where to forward HTTP requests when the app streams. */
  httpUri(): Promise<string | undefined>;
  /** Runs a function in the main thread of the app. @throws FunctionError or ThreadLost. */
  invoke(invocation: Invocation): Promise<InvocationResponse>;
  /** Runs an activity in the thread that has the least to do. @throws FunctionError or ThreadLost. */
  invokeActivity(invocation: Invocation): Promise<InvocationResponse>;
  stop(): Promise<void>;
}

export interface PoolOptions {
  data: ThreadData;
  env: NodeJS.ProcessEnv;
  log: Log;
  /** Threads for activities alone; 0 runs them in the app's main thread. */
  activityThreads: number;
  /** `functionTimeout` of host.json in milliseconds; undefined means no limit. */
  functionTimeoutMs: number | undefined;
}

const FIRST_RESTART_MS = 100;
const LONGEST_RESTART_MS = 30_000;
/** A thread that lived this long starts again without a delay. */
const HEALTHY_MS = 60_000;

/** @throws HostError when the app does not load. */
export async function startAppPool(options: PoolOptions): Promise<AppPool> {
  const slots = Array.from({ length: 1 + options.activityThreads }, () => startSlot(options));
  const started = await Promise.allSettled(slots.map((slot) => slot.thread()));
  const stop = async () => {
    await Promise.all(slots.map((slot) => slot.stop()));
  };
  const failure = started.find((result) => result.status === 'rejected');
  const [main, ...others] = slots;
  if (failure || !main) {
    await stop();
    throw failure?.reason;
  }
  const forActivities = others.length > 0 ? others : [main];
  return {
    functions: (await main.thread()).functions,
    httpUri: async () => (await main.thread()).httpUri,
    invoke: (invocation) => main.invoke(invocation),
    invokeActivity(invocation) {
      const idlest = forActivities.reduce((a, b) => (b.running() < a.running() ? b : a));
      return idlest.invoke(invocation);
    },
    stop,
  };
}

/**
 * As on Azure, a function that runs too long fails, and all that runs beside it is torn down with the worker.
 */
async function invokeInTime(
  thread: AppThread,
  invocation: Invocation,
  functionTimeoutMs: number | undefined,
): Promise<InvocationResponse> {
  if (functionTimeoutMs === undefined) return thread.invoke(invocation);
  const { functionName, invocationId } = invocation;
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new FunctionError(timeoutText(functionName, functionTimeoutMs, invocationId), ''));
      void thread.kill();
    }, functionTimeoutMs);
  });
  try {
    return await Promise.race([thread.invoke(invocation), timeout]);
  } finally {
    clearTimeout(timer);
  }
}

/** One place for a thread: starts it again whenever it ends unasked. */
function startSlot({ data, env, log, functionTimeoutMs }: PoolOptions) {
  let stopping = false;
  let restartDelay = FIRST_RESTART_MS;
  let running = 0;
  let wakeUp = () => {};

  const launch = async (): Promise<AppThread> => {
    const launchedAt = Date.now();
    const thread = await startAppThread(data, env, log);
    void thread.ended.then(() => {
      if (stopping) return;
      if (Date.now() - launchedAt > HEALTHY_MS) restartDelay = FIRST_RESTART_MS;
      current = relaunch();
      // Whoever needs the thread awaits `current` and sees the failure; nobody may need it at this moment.
      current.catch(() => {});
    });
    return thread;
  };

  const relaunch = async (): Promise<AppThread> => {
    for (;;) {
      log('warning', 'host', `The app's thread starts again in ${restartDelay} ms.`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, restartDelay);
        wakeUp = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      restartDelay = Math.min(restartDelay * 2, LONGEST_RESTART_MS);
      if (stopping) throw new ThreadLost('The host is stopping.');
      try {
        return await launch();
      } catch (error) {
        log('error', 'host', String(error));
      }
    }
  };

  let current = launch();
  return {
    thread: () => current,
    running: () => running,
    async invoke(invocation: Invocation): Promise<InvocationResponse> {
      running++;
      try {
        const thread = await current;
        return await invokeInTime(thread, invocation, functionTimeoutMs);
      } finally {
        running--;
      }
    },
    async stop(): Promise<void> {
      stopping = true;
      wakeUp();
      const thread = await current.catch(() => undefined);
      await thread?.stop();
    },
  };
}
