/** How often an operation was asked for, and how many of these requests were refused with 429. */
export interface CallCount {
  calls: number;
  throttled: number;
}

/** Counts requests by operation, so that a test can see what a client does to the service. */
export interface CallCounts {
  add(operation: string, status: number): void;
  list(): Record<string, CallCount>;
  clear(): void;
}

export function createCallCounts(): CallCounts {
  const counts = new Map<string, CallCount>();
  return {
    add(operation, status) {
      const { calls, throttled } = counts.get(operation) ?? { calls: 0, throttled: 0 };
      counts.set(operation, { calls: calls + 1, throttled: throttled + (status === 429 ? 1 : 0) });
    },
    list: () => Object.fromEntries(counts),
    clear: () => counts.clear(),
  };
}
