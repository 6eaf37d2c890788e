/** A terminal sends Ctrl-C to the whole process group and npm passes it on once more: signals this close are one. */
const ONE_PRESS_MS = 500;

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface Interruptions {
  /** Aborted by the first Ctrl-C (or a request to end): stop in order. */
  signal: AbortSignal;
  /** Settles at the first one. */
  first: Promise<void>;
  /** Stops listening; from then on a signal does what it always does. */
  end(): void;
}

/** Listens for Ctrl-C. The second one calls `onSecond`, which should end everything at once. */
export function listenForInterruptions(onSecond: () => void): Interruptions {
  const controller = new AbortController();
  let firstAt = 0;
  const listener = () => {
    if (!controller.signal.aborted) {
      firstAt = performance.now();
      controller.abort(new Error('Stopped by Ctrl-C.'));
    } else if (performance.now() - firstAt > ONE_PRESS_MS) {
      onSecond();
    }
  };
  for (const name of SIGNALS) process.on(name, listener);
  return {
    signal: controller.signal,
    first: new Promise((resolve) => {
      controller.signal.addEventListener('abort', () => resolve(), { once: true });
    }),
    end() {
      for (const name of SIGNALS) process.off(name, listener);
    },
  };
}
