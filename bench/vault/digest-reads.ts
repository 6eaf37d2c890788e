import type { BlobStore } from '../../src/storage/blob-store';

/** What was read of the digests of blocks. */
export interface DigestReads {
  requests: number;
  bytes: number;
}

/** A view of a store that counts what is read of digests. */
export function countingDigestReads(store: BlobStore): { store: BlobStore; take(): DigestReads } {
  let reads: DigestReads = { requests: 0, bytes: 0 };
  const count = (name: string, bytes = 0) => {
    if (!name.startsWith('digests/')) return;
    reads.requests += 1;
    reads.bytes += bytes;
  };
  return {
    store: {
      ...store,
      async get(name, options) {
        const blob = await store.get(name, options);
        count(name, blob?.sizeBytes);
        return blob;
      },
      async readInto(name, target, signal) {
        const bytes = await store.readInto(name, target, signal);
        count(name, bytes);
        return bytes;
      },
      async getRange(name, offset, length, signal) {
        const bytes = await store.getRange(name, offset, length, signal);
        count(name, bytes?.length);
        return bytes;
      },
    },
    take() {
      const taken = reads;
      reads = { requests: 0, bytes: 0 };
      return taken;
    },
  };
}
