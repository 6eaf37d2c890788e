import { read, readSync } from 'node:fs';
import { promisify } from 'node:util';
import { append, clip, cover, type Run } from './runs';

const readFile = promisify(read);

/** Below this size the way to a thread and back takes longer than the read itself. */
const SMALL_READ_BYTES = 64 * 1024;

/** Where the bytes of an offset of the disk lie in a file, and how many follow it there. */
export interface Place {
  fd: number;
  position: number;
  contiguousBytes: number;
}

/** Anything that holds data at the disk's own offsets: a layer, or the image below all layers. */
export interface Source {
  place(offset: number): Place;
}

/** The content of a disk at one moment: who holds which bytes. What no run covers reads as zeros. */
export interface DiskView {
  readonly sizeBytes: number;
  readonly runs: readonly Run<Source>[];
}

/** Fills the whole buffer with the view's bytes from `offset` on. */
export async function readView(view: DiskView, offset: number, into: Buffer): Promise<void> {
  for (const piece of cover(view.runs, offset, offset + into.length)) {
    const target = into.subarray(piece.start - offset, piece.end - offset);
    if (piece.value === undefined) target.fill(0);
    else await readSource(piece.value, piece.start, target);
  }
}

async function readSource(source: Source, offset: number, into: Buffer): Promise<void> {
  for (let done = 0; done < into.length; ) {
    const { fd, position, contiguousBytes } = source.place(offset + done);
    const length = Math.min(contiguousBytes, into.length - done);
    const bytesRead =
      length <= SMALL_READ_BYTES
        ? readSync(fd, into, done, length, position)
        : (await readFile(fd, into, done, length, position)).bytesRead;
    if (bytesRead === 0) throw new Error(`A disk's file ends before byte ${position}.`);
    done += bytesRead;
  }
}

/** The ranges of a window that may hold data, whoever holds them. */
export function allocatedRuns(view: DiskView, start = 0, end = view.sizeBytes): Run<'data'>[] {
  const ranges: Run<'data'>[] = [];
  for (const run of clip(view.runs, start, end)) append(ranges, run.start, run.end, 'data');
  return ranges;
}
