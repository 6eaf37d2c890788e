import type { BlobStore } from './blob-store';

/**
 * A view of a store that counts the requests made through it. A listing counts as one for every page of
 * 5,000.
 */
export function countingBlobStore(store: BlobStore): BlobStore & { requests(): number } {
  let requests = 0;
  const counted =
    <A extends unknown[], R>(call: (...args: A) => R) =>
    (...args: A): R => {
      requests += 1;
      return call(...args);
    };
  return {
    ensureContainer: counted(store.ensureContainer),
    get: counted(store.get),
    readInto: counted(store.readInto),
    getRange: counted(store.getRange),
    head: counted(store.head),
    put: counted(store.put),
    touch: counted(store.touch),
    delete: counted(store.delete),
    now: counted(store.now),
    async *list(prefix, options) {
      let seen = 0;
      for await (const blob of store.list(prefix, options)) {
        if (seen % 5000 === 0) requests += 1;
        seen += 1;
        yield blob;
      }
      if (seen === 0) requests += 1;
    },
    requests: () => requests,
  };
}
