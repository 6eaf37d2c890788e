import { readFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { ByteRange, ChangedRange, DiskSource, DiskTarget } from '../../src/disks/ports';

/** An image file with the list of its allocated ranges, as `bench/support/images` makes them. */
export interface ImageDisk {
  sizeBytes: number;
  /** What the disk has changed since another image; without one, no changed-block tracking. */
  source(changes?: ChangedRange[]): DiskSource;
  close(): Promise<void>;
}

interface RangeFile {
  size: number;
  ranges: [offset: number, length: number][];
}

/** Opens `FOLDER/NAME.img`. Its allocated ranges are read from `NAME.alloc.json`. */
export async function openImage(folder: string, name: string): Promise<ImageDisk> {
  const file = await open(`${folder}/${name}.img`);
  const { size, ranges } = JSON.parse(readFileSync(`${folder}/${name}.alloc.json`, 'utf8')) as RangeFile;
  const allocated = ranges.map(([offset, length]) => ({ offset, length }));
  return {
    sizeBytes: size,
    source: (changes) => ({
      sizeBytes: size,
      allocatedRanges: async (window) => within(allocated, window),
      changedRanges: changes ? async (window) => within(changes, window) : undefined,
      read: async (offset, target) => readInto(file, offset, target),
    }),
    close: () => file.close(),
  };
}

/** What changed from the first version of an image to `NAME`, from `NAME.diff.json`. */
export function readChanges(folder: string, name: string): ChangedRange[] {
  const { ranges } = JSON.parse(readFileSync(`${folder}/${name}.diff.json`, 'utf8')) as RangeFile;
  return ranges.map(([offset, length]) => ({ offset, length, cleared: false }));
}

/**
 * A restore target that compares what is written with the image it should become; zeros are left as they are.
 */
export function comparingTarget(folder: string, name: string, sizeBytes: number) {
  let wrong = 0;
  let dataBytes = 0;
  const opened = open(`${folder}/${name}.img`);
  const target: DiskTarget = {
    sizeBytes,
    async write(offset, bytes) {
      dataBytes += bytes.length;
      if (!bytes.equals(await readFully(await opened, offset, bytes.length))) wrong += 1;
    },
  };
  const finish = async () => {
    await (await opened).close();
    return { wrong, dataBytes };
  };
  return { target, finish };
}

async function readFully(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  await readInto(file, offset, bytes);
  return bytes;
}

async function readInto(file: FileHandle, offset: number, target: Buffer): Promise<void> {
  let filled = 0;
  while (filled < target.length) {
    const { bytesRead } = await file.read(target, filled, target.length - filled, offset + filled);
    if (bytesRead === 0) throw new Error(`the image ends at ${offset + filled}`);
    filled += bytesRead;
  }
}

function within<R extends ByteRange>(ranges: R[], window?: ByteRange): R[] {
  if (!window) return ranges;
  const end = window.offset + window.length;
  return ranges
    .filter((range) => range.offset < end && range.offset + range.length > window.offset)
    .map((range) => {
      const offset = Math.max(range.offset, window.offset);
      return { ...range, offset, length: Math.min(range.offset + range.length, end) - offset };
    });
}
