import type { Clock } from '../basics/clock';
import { type Log, readableFailure } from '../basics/log';
import type { HostedFunction } from '../functions/registry';
import { FunctionError, ThreadLost } from '../worker/app-thread-handle';
import type { RetryContext } from '../worker/protocol';

/** A function-level retry policy, as the app registers it. Intervals are in seconds. */
interface RetryPolicy {
  maxRetryCount: number;
  retryStrategy: string;
  delayInterval?: Interval;
  minimumInterval?: Interval;
  maximumInterval?: Interval;
}
interface Interval {
  seconds?: number;
}

/**
 * Runs a function, again as often as its retry policy says when it fails. Failures are logged, not thrown.
 * Gives up when `signal` says that the host stops.
 */
export async function runWithRetry(
  fn: HostedFunction,
  run: (retryContext: RetryContext | undefined) => Promise<unknown>,
  { clock, log, signal }: { clock: Clock; log: Log; signal: AbortSignal },
): Promise<void> {
  const policy = fn.retryOptions as RetryPolicy | undefined;
  let context: RetryContext | undefined;
  for (let retry = 1; ; retry++) {
    try {
      await run(context);
      return;
    } catch (error) {
      if (!(error instanceof FunctionError || error instanceof ThreadLost)) throw error;
      const stackTrace = error instanceof FunctionError ? error.functionStack : '';
      if (signal.aborted) return;
      log('error', fn.name, readableFailure(error.message, stackTrace));
      // A count of -1 means for ever.
      if (!policy || (policy.maxRetryCount >= 0 && retry > policy.maxRetryCount)) return;
      context = {
        retryCount: retry,
        maxRetryCount: policy.maxRetryCount,
        exception: { source: '', stackTrace, message: error.message },
      };
      const delay = delayOf(policy, retry);
      await pause(clock, delay, signal);
      if (signal.aborted) return;
    }
  }
}

function pause(clock: Clock, milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.at(clock.now() + milliseconds, resolve);
    signal.addEventListener('abort', () => {
      cancel();
      resolve();
    });
  });
}

/** @returns milliseconds before the given retry. */
function delayOf(policy: RetryPolicy, retry: number): number {
  const milliseconds = (interval: Interval | undefined) => (interval?.seconds ?? 0) * 1000;
  if (policy.delayInterval) return milliseconds(policy.delayInterval);
  const grown = milliseconds(policy.minimumInterval) * 2 ** (retry - 1);
  return Math.min(grown, milliseconds(policy.maximumInterval) || grown);
}
