import { fstatSync, ftruncateSync, writeSync } from 'node:fs';

/**
 * Appends to a journal all of the bytes or none: what a full disk has cut off is taken back, or whatever is
 * written next would be read as the rest of it.
 */
export function appendWhole(fd: number, bytes: Buffer): void {
  const { size } = fstatSync(fd);
  try {
    for (let written = 0; written < bytes.length; ) written += writeSync(fd, bytes, written);
  } catch (error) {
    ftruncateSync(fd, size);
    throw error;
  }
}
