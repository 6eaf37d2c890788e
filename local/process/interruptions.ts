import { isNpmGone, npmAbove } from './npm-above';

/**
 * A terminal sends Ctrl-C to the whole process group and npm passes it on once
 * more: signals this close are one.
 */
const ONE_PRESS_MS = 500;
const LOOK_AT_NPM_MS = 500;

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface Interruptions {
  /** Aborted by the first Ctrl-C, or by whatever else asks to end: stop in order. */
  signal: AbortSignal;
  /** Settles at the first one. */
  first: Promise<void>;
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
  whenNpmIsGone(listener);
  // Whoever read what we print is gone (`npm run demo | head`): that is no reason to leave processes behind.
  process.stdout.on('error', () => controller.signal.aborted || listener());
  return {
    signal: controller.signal,
    first: new Promise((resolve) => {
      controller.signal.addEventListener('abort', () => resolve(), { once: true });
    }),
  };
}

/**
 * An npm that ends, told to or killed, says nothing to its script: not on SIGTERM, when it takes the shell
 * between them along, and not on SIGHUP or `kill -9`, when the shell stays.
 */
function whenNpmIsGone(tell: () => void): void {
  if (process.env.npm_lifecycle_event === undefined) return;
  const above = npmAbove();
  const timer = setInterval(() => {
    if (!isNpmGone(above)) return;
    clearInterval(timer);
    tell();
  }, LOOK_AT_NPM_MS);
  timer.unref();
}
