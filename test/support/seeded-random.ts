/** Chance that a seed determines (the generator mulberry32). */
export function seededRandom(seed: number) {
  let state = seed >>> 0;
  /** A number in [0, 1). */
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  /** A whole number in [0, limit). */
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    next,
    below,
    /** A whole number from `low` to `high`, both included. */
    between: (low: number, high: number): number => low + below(high - low + 1),
    /** True in so large a share of the throws. */
    chance: (share: number): boolean => next() < share,
    /** @throws RangeError when there is nothing to pick from */
    pick<T>(items: readonly T[]): T {
      if (items.length === 0) throw new RangeError('there is nothing to pick from');
      return items[below(items.length)] as T;
    },
    /** Undefined when there is nothing to pick from. */
    pickIfAny: <T>(items: readonly T[]): T | undefined => items[below(items.length)],
  };
}

export type Random = ReturnType<typeof seededRandom>;
