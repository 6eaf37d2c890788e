// Timer triggers: schedules, missed runs, retries.

import type { Clock } from '../basics/clock';
import type { Log } from '../basics/log';
import type { HostedFunction, Registry } from '../functions/registry';
import type { Store } from '../store/store';
import type { RetryContext, TypedData } from '../worker/protocol';
import { runWithRetry } from './function-retry';
import { type TimerTrigger, timerTrigger } from './timer-trigger';

export interface TimersOptions {
  registry: Registry;
  environment: NodeJS.ProcessEnv;
  clock: Clock;
  log: Log;
  store: Store;
  invoke(fn: HostedFunction, data: TypedData, retryContext: RetryContext | undefined): Promise<unknown>;
}

/** The timer triggers of an app, and the way to run a function with its retry policy. */
export interface Timers extends TimerTrigger {
  /** Runs a function to its end; failures are logged, not thrown. */
  run(fn: HostedFunction, data: TypedData): Promise<void>;
}

/** @throws HostError when a schedule cannot be read. */
export function createTimers(options: TimersOptions): Timers {
  const { registry, environment, clock, log, store } = options;
  const stopping = new AbortController();
  const run = (fn: HostedFunction, data: TypedData): Promise<void> =>
    runWithRetry(fn, (retryContext) => options.invoke(fn, data, retryContext), {
      clock,
      log,
      signal: stopping.signal,
    });
  const triggers = registry.all
    .filter(({ kind }) => kind === 'timer')
    .map((fn) =>
      timerTrigger({
        fn,
        environment,
        clock,
        log,
        status: store.schedules,
        run: (timerInfo) => run(fn, { json: timerInfo }),
      }),
    );
  return {
    run,
    start() {
      for (const trigger of triggers) trigger.start();
    },
    stop() {
      stopping.abort();
      for (const trigger of triggers) trigger.stop();
    },
  };
}
