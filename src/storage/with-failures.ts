import type { BlobStore } from './blob-store';
import { storageFailure } from './storage-failure';

/** The store, with whatever its storage refuses as a failure of the catalogue that names the blob. */
export function withFailures(store: BlobStore): BlobStore {
  const ofBlob =
    <A extends [name: string, ...unknown[]], R>(call: (...args: A) => Promise<R>) =>
    (...args: A): Promise<R> =>
      told(() => call(...args), args[0]);
  return {
    ensureContainer: () => told(store.ensureContainer),
    get: ofBlob(store.get),
    readInto: ofBlob(store.readInto),
    getRange: ofBlob(store.getRange),
    head: ofBlob(store.head),
    put: ofBlob(store.put),
    touch: ofBlob(store.touch),
    delete: ofBlob(store.delete),
    async *list(prefix, options) {
      try {
        yield* store.list(prefix, options);
      } catch (error) {
        throw storageFailure(error);
      }
    },
    now: () => told(store.now),
  };
}

async function told<T>(call: () => Promise<T>, blobName?: string): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw storageFailure(error, blobName);
  }
}
