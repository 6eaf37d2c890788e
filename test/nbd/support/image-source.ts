import { readFileSync } from 'node:fs';
import { nonZeroRuns } from '../../../src/disks/non-zero-runs';
import type { DiskSource } from '../../../src/disks/ports';

/** An image file as a backup reads it: what is not zeros is allocated. */
export function imageSource(image: string): DiskSource {
  const bytes = readFileSync(image);
  const runs = nonZeroRuns(bytes, Number.MAX_SAFE_INTEGER);
  return {
    sizeBytes: bytes.length,
    allocatedRanges: async (window = { offset: 0, length: bytes.length }) =>
      runs
        .map((run) => {
          const offset = Math.max(run.offset, window.offset);
          const end = Math.min(run.offset + run.length, window.offset + window.length);
          return { offset, length: end - offset };
        })
        .filter(({ length }) => length > 0),
    read: async (offset, target) => {
      bytes.copy(target, 0, offset, offset + target.length);
    },
  };
}
