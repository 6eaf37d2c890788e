import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { isAligned } from './page-buffers';

/** A sparse file of a layer's data. */
export interface DataFile {
  /** Of reads. */
  readonly fd: number;
  /** Returns when the bytes would outlive this process. */
  write(bytes: Buffer, position: number): void;
  close(): void;
}

/** Below this size the way through the file cache is the shorter one. */
const SMALL_WRITE_BYTES = 256 * 1024;
const SECTOR_BYTES = 4096;

/**
 * Opens a file, or makes it. Large aligned writes go past the file cache: to fill it with data that nobody
 * may ever read takes four times the processor time, and fifty times on a virtual machine that has never used
 * that memory. Where the system or the file system has no such writes, all go through the cache.
 */
export function openDataFile(path: string): DataFile {
  const fd = openSync(path, constants.O_RDWR | constants.O_CREAT);
  let directFd = openDirect(path);

  function writeDirectly(bytes: Buffer, position: number): boolean {
    const fits = isAligned(bytes) && bytes.length % SECTOR_BYTES === 0 && position % SECTOR_BYTES === 0;
    if (directFd === undefined || !fits || bytes.length < SMALL_WRITE_BYTES) return false;
    try {
      return writeSync(directFd, bytes, 0, bytes.length, position) === bytes.length;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EINVAL') throw error;
      closeSync(directFd);
      directFd = undefined;
      return false;
    }
  }

  return {
    fd,
    write(bytes, position) {
      if (!writeDirectly(bytes, position)) writeFully(fd, bytes, position);
    },
    close() {
      closeSync(fd);
      if (directFd !== undefined) closeSync(directFd);
    },
  };
}

/** Undefined where the system or the file system has no direct writes. */
function openDirect(path: string): number | undefined {
  if (constants.O_DIRECT === undefined) return undefined;
  try {
    return openSync(path, constants.O_WRONLY | constants.O_DIRECT);
  } catch {
    return undefined;
  }
}

function writeFully(fd: number, bytes: Buffer, position: number): void {
  for (let written = 0; written < bytes.length; ) {
    written += writeSync(fd, bytes, written, bytes.length - written, position + written);
  }
}
