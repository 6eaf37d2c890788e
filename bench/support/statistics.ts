/** What repeated measurements came to. */
export interface Spread {
  median: number;
  min: number;
  max: number;
  runs: number;
}

/** Median, least and most of at least one value. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle];
  if (upper === undefined) throw new Error('Nothing was measured.');
  const median = sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
  return { median, min: sorted[0] ?? upper, max: sorted.at(-1) ?? upper, runs: sorted.length };
}

/**
 * The spread of the ratios of values measured in pairs, one right after the other: what slows both cancels
 * out.
 */
export function pairedRatios(values: readonly number[], others: readonly number[]): Spread {
  const pairs = Math.min(values.length, others.length);
  return spreadOf(Array.from({ length: pairs }, (_, pair) => (values[pair] ?? 0) / (others[pair] ?? 0)));
}

/** Items that have the same key, in the order in which the keys first came. */
export function groupBy<T>(items: Iterable<T>, keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
