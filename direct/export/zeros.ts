import type { Hash } from 'node:crypto';

export const ZEROS = Buffer.alloc(4 * 2 ** 20);

/** Hashes so many zeros, and lets others on the way: a disk may have terabytes of them. */
export async function hashZeros(hash: Hash, length: number): Promise<void> {
  for (let left = length; left > 0; left -= ZEROS.length) {
    hash.update(left < ZEROS.length ? ZEROS.subarray(0, left) : ZEROS);
    if (left > ZEROS.length) await new Promise(setImmediate);
  }
}
