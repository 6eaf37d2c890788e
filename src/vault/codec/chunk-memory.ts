import { sealingRoom } from '../format/envelope';
import { CHUNK_BYTES } from '../format/geometry';

/**
 * A buffer on loan. Its bytes are whatever the last borrower left; after `release` they are somebody else's.
 */
export interface Lease {
  readonly bytes: Buffer;
  /** Gives it back, once however often it is called. */
  release(): void;
}

/** Who borrows: a part of a transfer, a disk that is restored. */
export type Borrower = object;

export interface BufferPool {
  /** Waits until there is one for this borrower; not long for one that holds none. */
  borrow(borrower: Borrower): Promise<Lease>;
}

interface Waiting {
  borrower: Borrower;
  take(bytes: Buffer): void;
}

const sharedBuffer = (sizeBytes: number): Buffer => Buffer.from(new SharedArrayBuffer(sizeBytes));

/** Memory for a chunk that somebody keeps, and that threads can fill. */
export const chunkBuffer = (): Buffer => sharedBuffer(CHUNK_BYTES);

/**
 * Up to `limit` buffers of `sizeBytes` that go round, in memory that threads can share. Made when they are
 * first needed.
 *
 * Lent fairly: a borrower that holds none gets one at once, if need be beyond the limit, and one that is
 * given back goes to whoever holds fewest. So one whose disk or vault is slow, and who keeps what it has for
 * long, does not stop the others.
 */
export function bufferPool(sizeBytes: number, limit: number): BufferPool {
  const free: Buffer[] = [];
  const held = new Map<Borrower, number>();
  const waiting: Waiting[] = [];
  let made = 0;

  const count = (borrower: Borrower, change: number) => {
    const now = (held.get(borrower) ?? 0) + change;
    if (now === 0) held.delete(borrower);
    else held.set(borrower, now);
  };
  const holds = ({ borrower }: Waiting) => held.get(borrower) ?? 0;
  /** Who waits and holds fewest; of those who waits longest. */
  const poorest = () =>
    waiting.reduce<Waiting | undefined>(
      (poorest, one) => (poorest && holds(poorest) <= holds(one) ? poorest : one),
      undefined,
    );
  const make = () => {
    made += 1;
    return sharedBuffer(sizeBytes);
  };
  const take = (borrower: Borrower): Buffer | Promise<Buffer> => {
    const bytes = free.pop() ?? (made < limit || !held.has(borrower) ? make() : undefined);
    if (!bytes) return new Promise((resolve) => waiting.push({ borrower, take: resolve }));
    count(borrower, 1);
    return bytes;
  };
  const giveBack = (borrower: Borrower, bytes: Buffer) => {
    count(borrower, -1);
    const next = poorest();
    if (next && (made <= limit || holds(next) === 0)) {
      waiting.splice(waiting.indexOf(next), 1);
      count(next.borrower, 1);
      next.take(bytes);
    } else if (made > limit) made -= 1;
    else free.push(bytes);
  };

  return {
    async borrow(borrower) {
      const bytes = await take(borrower);
      let lent = true;
      return {
        bytes,
        release() {
          if (lent) giveBack(borrower, bytes);
          lent = false;
        },
      };
    },
  };
}

/**
 * All chunks that this process works on at once, whatever it does and for how many disks: this is what bounds
 * its memory, and what holds a fast disk back when the vault is slow. Who needs both borrows the plain one
 * first, and no second one: so nobody waits for a buffer of somebody who waits for theirs.
 */
export const chunkMemory = {
  /** For the content of a chunk. */
  plain: bufferPool(CHUNK_BYTES, 5),
  /** For its envelope, on the way to the vault or from there. */
  sealed: bufferPool(sealingRoom(CHUNK_BYTES), 5),
};
