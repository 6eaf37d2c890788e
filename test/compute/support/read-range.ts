import type { ByteRange, DiskSource } from '../../../src/disks/ports';

/** The bytes of a range, in a buffer that held something else before. */
export async function readRange(
  source: DiskSource,
  { offset, length }: ByteRange,
  signal?: AbortSignal,
): Promise<Buffer> {
  const bytes = Buffer.alloc(length, 0xa5);
  await source.read(offset, bytes, signal);
  return bytes;
}
