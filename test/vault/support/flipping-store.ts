import type { BlobStore } from '../../../src/storage/blob-store';

/**
 * A view of a store on whose way bits flip: in so many of the next reads of blobs whose names start with
 * `prefix`.
 */
export function flippingStore(store: BlobStore) {
  let prefix = 'nothing/';
  let flips = 0;
  let reads: string[] = [];
  const flipIn = (name: string, bytes: Buffer) => {
    if (!name.startsWith(prefix)) return;
    reads.push(name);
    if (flips === 0) return;
    flips -= 1;
    // Of JSON the first byte: in the middle a flipped bit may give another sound document.
    const at = name.endsWith('.json') ? 0 : Math.floor(bytes.length / 2);
    bytes.writeUInt8(bytes.readUInt8(at) ^ 4, at);
  };
  const view: BlobStore = {
    ...store,
    async get(name, options) {
      const blob = await store.get(name, options);
      if (blob) flipIn(name, blob.body);
      return blob;
    },
    async readInto(name, target, signal) {
      const length = await store.readInto(name, target, signal);
      if (length !== undefined) flipIn(name, target.subarray(0, length));
      return length;
    },
    async getRange(name, offset, length, signal) {
      const bytes = await store.getRange(name, offset, length, signal);
      if (bytes) flipIn(name, bytes);
      return bytes;
    },
  };
  return {
    store: view,
    flip(times: number, under: string) {
      prefix = under;
      flips = times;
      reads = [];
    },
    /** The reads under the prefix since `flip`, by name. */
    reads: () => reads,
  };
}
