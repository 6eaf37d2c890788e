import { open } from 'node:fs/promises';
import type { DiskView } from './disk-view';
import { allocatedRuns, readView } from './disk-view';
import { dataRuns } from './hole-map';
import type { Layer } from './layer';
import { append, clip, overlay, type Run } from './runs';

/** The unit in which a guest's writes are told apart: the page of a page blob. */
export const PAGE_BYTES = 512;
const COMPARE_BYTES = 1024 * 1024;
const ZERO_PAGE = Buffer.alloc(PAGE_BYTES);

/** What a guest wrote: bytes that got new data, bytes that became zero, and the number of separate ranges. */
export interface GuestWrite {
  changedBytes: number;
  clearedBytes: number;
  changedRanges: number;
}

/**
 * Makes a disk equal to a raw file of the same size (what lies behind, as the footer of a fixed VHD does, is
 * not looked at), as writes of its guest would: only pages that differ
 * are written, pages that became zero are cleared. Reads only where the disk or the file holds data. Works
 * piece by piece and never waits between comparing a piece and writing it, so a snapshot that comes in
 * between sees each piece old or new.
 * @param live gives the layer that takes writes now: it is another one after every snapshot
 */
export async function writeImage(view: DiskView, live: () => Layer, path: string): Promise<GuestWrite> {
  const result: GuestWrite = { changedBytes: 0, clearedBytes: 0, changedRanges: 0 };
  const file = await open(path, 'r');
  const before = Buffer.allocUnsafe(COMPARE_BYTES);
  const after = Buffer.allocUnsafe(COMPARE_BYTES);
  let previousEnd = -1;
  try {
    for (const run of overlay(allocatedRuns(view), [...clip(await dataRuns(path), 0, view.sizeBytes)])) {
      for (let start = run.start; start < run.end; start += COMPARE_BYTES) {
        const length = Math.min(COMPARE_BYTES, run.end - start);
        const old = before.subarray(0, length);
        const wanted = after.subarray(0, length);
        await readView(view, start, old);
        await readExactly(file, wanted, start);
        for (const change of changedPages(old, wanted)) {
          const from = start + change.start;
          if (change.value === 'data') live().write(from, wanted.subarray(change.start, change.end));
          else live().clear(from, start + change.end);
          if (change.value === 'data') result.changedBytes += change.end - change.start;
          else result.clearedBytes += change.end - change.start;
          if (from !== previousEnd) result.changedRanges += 1;
          previousEnd = start + change.end;
        }
      }
    }
  } finally {
    await file.close();
  }
  return result;
}

/** The pages of `wanted` that differ from `old`, as runs from the start of the buffers. */
export function changedPages(old: Buffer, wanted: Buffer): Run<'data' | 'cleared'>[] {
  const changes: Run<'data' | 'cleared'>[] = [];
  if (old.equals(wanted)) return changes;
  for (let start = 0; start < wanted.length; start += PAGE_BYTES) {
    const end = Math.min(start + PAGE_BYTES, wanted.length);
    if (old.compare(wanted, start, end, start, end) === 0) continue;
    const isZero = wanted.compare(ZERO_PAGE, 0, end - start, start, end) === 0;
    append(changes, start, end, isZero ? 'cleared' : 'data');
  }
  return changes;
}

async function readExactly(
  file: Awaited<ReturnType<typeof open>>,
  into: Buffer,
  position: number,
): Promise<void> {
  for (let done = 0; done < into.length; ) {
    const { bytesRead } = await file.read(into, done, into.length - done, position + done);
    if (bytesRead === 0) throw new Error('The image grew shorter while it was read.');
    done += bytesRead;
  }
}
