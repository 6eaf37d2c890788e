import { ENVELOPE_HEADER_BYTES } from '../format/envelope';
import { CHUNK_BYTES } from '../format/geometry';

/** A buffer on loan. Its bytes are whatever the last borrower left; after `release` they are somebody else's. */
export interface Lease {
  readonly bytes: Buffer;
  /** Gives it back, once however often it is called. */
  release(): void;
}

export interface BufferPool {
  /** Waits until there is one. */
  borrow(): Promise<Lease>;
}

/** Up to `limit` buffers of `sizeBytes` that go round, in memory that threads can share. Made when they are first needed. */
export function bufferPool(sizeBytes: number, limit: number): BufferPool {
  const free: Buffer[] = [];
  const waiting: ((bytes: Buffer) => void)[] = [];
  let made = 0;

  const take = (): Buffer | Promise<Buffer> => {
    const bytes = free.pop();
    if (bytes) return bytes;
    if (made === limit) return new Promise((resolve) => waiting.push(resolve));
    made += 1;
    return Buffer.from(new SharedArrayBuffer(sizeBytes));
  };
  const giveBack = (bytes: Buffer) => {
    const next = waiting.shift();
    if (next) next(bytes);
    else free.push(bytes);
  };

  return {
    async borrow() {
      const bytes = await take();
      let lent = true;
      return {
        bytes,
        release() {
          if (lent) giveBack(bytes);
          lent = false;
        },
      };
    },
  };
}

/**
 * All chunks that this process works on at once, whatever it does and for how many disks: this is what bounds its memory, and
 * what holds a fast disk back when the vault is slow. Who needs both borrows the plain one first, and no second one: so
 * nobody waits for a buffer of somebody who waits for theirs.
 */
export const chunkMemory = {
  /** For the content of a chunk. */
  plain: bufferPool(CHUNK_BYTES, 5),
  /** For its envelope, on the way to the vault or from there. */
  sealed: bufferPool(CHUNK_BYTES + ENVELOPE_HEADER_BYTES, 5),
};
