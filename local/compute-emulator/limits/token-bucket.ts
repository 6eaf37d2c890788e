/** A budget of requests that fills up again over time. */
export interface Budget {
  name: string;
  perMinute: number;
  capacity: number;
}

export interface Buckets {
  /**
   * Takes one token from each budget, or none at all.
   * @returns what is left in each, or the seconds after which the request would pass
   */
  take(
    budgets: readonly (Budget & { key: string })[],
  ): { remaining: Map<string, number> } | { retryAfterSeconds: number };
}

/** Token buckets that start full. */
export function createBuckets(now: () => Date): Buckets {
  const buckets = new Map<string, { tokens: number; filledMs: number }>();

  function fill(key: string, { perMinute, capacity }: Budget): { tokens: number; filledMs: number } {
    const nowMs = now().getTime();
    const bucket = buckets.get(key) ?? { tokens: capacity, filledMs: nowMs };
    const tokens = Math.min(capacity, bucket.tokens + ((nowMs - bucket.filledMs) / 60_000) * perMinute);
    const filled = { tokens, filledMs: nowMs };
    buckets.set(key, filled);
    return filled;
  }

  return {
    take(budgets) {
      const filled = budgets.map((budget) => ({
        budget,
        bucket: fill(`${budget.name}/${budget.key}`, budget),
      }));
      const waits = filled.map(({ budget, bucket }) => ((1 - bucket.tokens) / budget.perMinute) * 60);
      const longest = Math.max(0, ...waits);
      if (longest > 0) return { retryAfterSeconds: Math.ceil(longest) };
      for (const { bucket } of filled) bucket.tokens -= 1;
      return {
        remaining: new Map(filled.map(({ budget, bucket }) => [budget.name, Math.floor(bucket.tokens)])),
      };
    },
  };
}
