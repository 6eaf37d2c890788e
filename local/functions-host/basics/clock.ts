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
  /** Moves the clock to the next moment that something waits for, if that is no further away. */
  jumpToNext(atMostMilliseconds: number): void;
}

/** A running clock that can also jump, for tests of long timers and of schedules. */
export function jumpingClock(start: number = Date.now()): JumpingClock {
  let offset = start - Date.now();
  /** When each is due, by what sets its timer anew. */
  const waiting = new Map<() => void, number>();
  const clock = clockOf(() => Date.now() + offset);
  const jump = (milliseconds: number) => {
    offset += milliseconds;
    for (const rearm of [...waiting.keys()]) rearm();
  };
  return {
    now: clock.now,
    jump,
    jumpToNext(atMostMilliseconds) {
      const wait = Math.min(...waiting.values()) - clock.now();
      if (wait > 0 && wait <= atMostMilliseconds) jump(wait);
    },
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
      waiting.set(rearm, dueAt);
      return () => {
        waiting.delete(rearm);
        cancel();
      };
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
