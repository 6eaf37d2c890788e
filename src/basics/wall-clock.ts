import { IANAZone } from 'luxon';

/**
 * Wall times are milliseconds as if they were UTC: what `Date.UTC` makes of the figures that a clock on the
 * wall shows.
 */
export interface WallClock {
  /** What the clock shows at an instant. */
  timeAt(instant: number): number;
  /** The instant at which the clock shows a time, in milliseconds of UTC. */
  instantOf(time: number): number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** No zone is further from UTC than 14 hours ahead or 12 behind; one hour more on each side. */
const SURELY_BEFORE = 15 * HOUR;
const SURELY_AFTER = 13 * HOUR;

/** No zone changes its clocks twice in twice this time. */
const STRETCH = 36 * HOUR;

/** More than sixteen years. */
const MOST_STRETCHES = 4000;

/** The offsets from UTC in a stretch of time: `before` the change, and `after` from it on. */
interface Offsets {
  changeAt: number;
  before: number;
  after: number;
}

const clocks = new Map<string, WallClock>();

/**
 * The clocks of an IANA zone. Of a time that they show twice the first instant counts; one that they skip
 * counts as much later as they jump.
 */
export function wallClock(zone: string): WallClock {
  const known = clocks.get(zone) ?? makeClock(zone);
  clocks.set(zone, known);
  return known;
}

function makeClock(zone: string): WallClock {
  const iana = IANAZone.create(zone);
  const offsetAt = (instant: number) => iana.offset(instant) * MINUTE;
  const stretches = new Map<number, Offsets>();

  function offsetsAround(time: number): Offsets {
    const stretch = Math.floor(time / STRETCH);
    const known = stretches.get(stretch);
    if (known) return known;
    if (stretches.size >= MOST_STRETCHES) stretches.clear();
    const found = findChange(
      offsetAt,
      stretch * STRETCH - SURELY_BEFORE,
      (stretch + 1) * STRETCH + SURELY_AFTER,
    );
    stretches.set(stretch, found);
    return found;
  }

  return {
    timeAt(instant) {
      const { changeAt, before, after } = offsetsAround(instant);
      return instant + (instant < changeAt ? before : after);
    },
    instantOf(time) {
      const { changeAt, before, after } = offsetsAround(time);
      const [byOld, byNew] = [time - before, time - after];
      return byOld >= changeAt && byNew >= changeAt ? byNew : byOld;
    },
  };
}

/** The change of the offset between two instants, to the minute. */
function findChange(offsetAt: (instant: number) => number, from: number, to: number): Offsets {
  const [before, after] = [offsetAt(from), offsetAt(to)];
  if (before === after) return { changeAt: to, before, after };
  let [low, high] = [from / MINUTE, to / MINUTE];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle * MINUTE) === before) low = middle;
    else high = middle;
  }
  return { changeAt: high * MINUTE, before, after };
}
