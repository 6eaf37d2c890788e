/**
 * Time that passes only when everybody waits: hours of back-off run in a moment, in the order they really
 * would.
 */
export interface VirtualTime {
  /** Seconds since the start. */
  now(): number;
  sleep(seconds: number): Promise<void>;
  /** Runs these at once, each of which waits with `sleep` only; resolves when all have ended. */
  run<T>(tasks: (() => Promise<T>)[]): Promise<T[]>;
}

export function virtualTime(onAdvance: (seconds: number) => void): VirtualTime {
  let now = 0;
  let awake = 0;
  const sleepers: { at: number; wake: () => void }[] = [];

  /** When nobody is awake, the next sleeper's moment has come. */
  function advance(): void {
    if (awake > 0 || sleepers.length === 0) return;
    sleepers.sort((left, right) => left.at - right.at);
    const at = (sleepers[0] as { at: number }).at;
    onAdvance(at - now);
    now = at;
    while (sleepers[0]?.at === at) {
      awake++;
      sleepers.shift()?.wake();
    }
  }

  return {
    now: () => now,
    sleep(seconds) {
      return new Promise((wake) => {
        sleepers.push({ at: now + seconds, wake });
        awake--;
        advance();
      });
    },
    run(tasks) {
      awake += tasks.length;
      return Promise.all(
        tasks.map((task) =>
          task().finally(() => {
            awake--;
            advance();
          }),
        ),
      );
    },
  };
}
