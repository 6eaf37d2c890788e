import type { BlobStore } from '../../../src/storage/blob-store';

/** A process that was killed: neither this request nor any later one is made. */
export class ProcessKilled extends Error {}

/** A view of a store whose process is killed at its request number `lastRequest + 1`; counts the requests. */
export function mortalStore(store: BlobStore, lastRequest = Number.POSITIVE_INFINITY) {
  let requests = 0;
  const writes: string[] = [];
  const step = () => {
    if (requests >= lastRequest) throw new ProcessKilled();
    requests += 1;
  };
  const mortal =
    <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      step();
      return call(...args);
    };
  const view: BlobStore = {
    ensureContainer: mortal(store.ensureContainer),
    get: mortal(store.get),
    readInto: mortal(store.readInto),
    getRange: mortal(store.getRange),
    head: mortal(store.head),
    put: mortal((...args: Parameters<BlobStore['put']>) => {
      writes.push(args[0]);
      return store.put(...args);
    }),
    touch: mortal(store.touch),
    delete: mortal(store.delete),
    now: mortal(store.now),
    async *list(prefix, options) {
      step();
      yield* store.list(prefix, options);
    },
  };
  return { store: view, requests: () => requests, writes };
}
