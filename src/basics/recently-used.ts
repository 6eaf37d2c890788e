/**
 * Keeps the most recently used results of `load`, at most `limit`. Two who ask for the same key at once share
 * one load; failures are not kept.
 */
export function recentlyUsed<T>(
  limit: number,
  load: (key: string) => Promise<T>,
): (key: string) => Promise<T> {
  const kept = new Map<string, Promise<T>>();
  return (key) => {
    const value = kept.get(key) ?? load(key);
    kept.delete(key);
    kept.set(key, value);
    // Why it failed is for those who asked.
    value.catch(() => kept.get(key) === value && kept.delete(key));
    const [oldest] = kept.keys();
    if (kept.size > limit && oldest !== undefined) kept.delete(oldest);
    return value;
  };
}
