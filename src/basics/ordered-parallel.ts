/**
 * Runs `work` on up to `limit` items at once and yields the results in the order of the items. Items are
 * taken only when there is room, so memory is bounded by `limit`, and by `hasRoom`, which may hold back all
 * but one. After an error nothing more is started, and everything that was started has settled before the
 * error is thrown.
 */
export async function* orderedParallel<T, R>(
  items: AsyncIterable<T> | Iterable<T>,
  limit: number,
  work: (item: T) => Promise<R>,
  hasRoom: () => boolean = () => true,
): AsyncGenerator<R> {
  const running: Promise<R>[] = [];
  try {
    for await (const item of items) {
      const result = work(item);
      // The error is thrown where the result is awaited; until then it must not count as unhandled.
      result.catch(() => {});
      running.push(result);
      while (running.length >= limit || (running.length > 0 && !hasRoom())) {
        const oldest = running.shift();
        if (oldest) yield await oldest;
      }
    }
    for (let oldest = running.shift(); oldest; oldest = running.shift()) yield await oldest;
  } finally {
    await Promise.allSettled(running);
  }
}
