/** Where the host takes its time from. Times are milliseconds since 1970 (UTC). */
export interface Clock {
  now(): number;
  /**
   * Calls `fire` once, when `now()` has reached `dueAt`: late perhaps, never
   * early. Returns the way to cancel it.
   */
  at(dueAt: number, fire: () => void): () => void;
}

/** Node's timers overflow beyond 2^31 - 1 ms (24.8 days); longer waits are cut into pieces. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

export const systemClock: Clock = clockOf(() => Date.now());

export interface JumpingClock extends Clock {
  /** Moves the clock forward (or back, with a negative number) and fires everything that has become due. */
  jump(milliseconds: number): void;
}

/** A running clock that can also jump, for tests of long timers and of schedules. */
export function jumpingClock(start: number = Date.now()): JumpingClock {
  let offset = start - Date.now();
  const waiting = new Set<() => void>();
  const clock = clockOf(() => Date.now() + offset);
  return {
    now: clock.now,
    at(dueAt, fire) {
      let cancel: () => void;
      const rearm = () => {
        cancel();
        cancel = clock.at(dueAt, done);
      };
      const done = () => {
        waiting.delete(rearm);
        fire();
      };
      cancel = clock.at(dueAt, done);
      waiting.add(rearm);
      return () => {
        waiting.delete(rearm);
        cancel();
      };
    },
    jump(milliseconds) {
      offset += milliseconds;
      for (const rearm of [...waiting]) rearm();
    },
  };
}

function clockOf(now: () => number): Clock {
  return {
    now,
    at(dueAt, fire) {
      let handle: NodeJS.Timeout;
      const arm = () => {
        const wait = Math.min(Math.max(dueAt - now(), 0), LONGEST_TIMEOUT_MS);
        handle = setTimeout(() => (now() >= dueAt ? fire() : arm()), wait);
      };
      arm();
      return () => clearTimeout(handle);
    },
  };
}
