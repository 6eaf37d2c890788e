import type { ByteRange } from './ports';

/** A gap of zeros shorter than this is sent along: a request more would cost more. */
const GRAIN_BYTES = 64 * 2 ** 10;

const ZEROS = Buffer.alloc(GRAIN_BYTES);

/** The runs of `bytes` that hold anything but zeros, in whole grains and at most `maxBytes` each. */
export function nonZeroRuns(bytes: Buffer, maxBytes: number): ByteRange[] {
  const runs: ByteRange[] = [];
  for (let offset = 0; offset < bytes.length; offset += GRAIN_BYTES) {
    const length = Math.min(GRAIN_BYTES, bytes.length - offset);
    if (bytes.compare(ZEROS, 0, length, offset, offset + length) === 0) continue;
    const last = runs.at(-1);
    const joins = last && last.offset + last.length === offset && last.length + length <= maxBytes;
    if (joins) last.length += length;
    else runs.push({ offset, length });
  }
  return runs;
}
