import { type FileHandle, open } from 'node:fs/promises';
import type { ByteRange } from '../../../src/disks/ports';

const BLOCK = 4096;
const PIECE = 4 * 1024 * 1024;
const ZEROS = Buffer.alloc(PIECE);

/** The ranges of a file whose blocks of 4 KiB are not all zeros. */
export async function nonZeroRanges(file: string): Promise<{ sizeBytes: number; ranges: ByteRange[] }> {
  const handle = await open(file);
  try {
    const { size: sizeBytes } = await handle.stat();
    const ranges: ByteRange[] = [];
    const piece = Buffer.allocUnsafe(PIECE);
    for (let offset = 0; offset < sizeBytes; offset += PIECE) {
      const { bytesRead } = await handle.read(piece, 0, PIECE, offset);
      addNonZero(ranges, piece.subarray(0, bytesRead), offset);
    }
    return { sizeBytes, ranges };
  } finally {
    await handle.close();
  }
}

function addNonZero(ranges: ByteRange[], piece: Buffer, offset: number): void {
  if (piece.equals(ZEROS.subarray(0, piece.length))) return;
  for (let at = 0; at < piece.length; at += BLOCK) {
    const end = Math.min(at + BLOCK, piece.length);
    if (piece.compare(ZEROS, 0, end - at, at, end) === 0) continue;
    const last = ranges.at(-1);
    if (last && last.offset + last.length === offset + at) last.length += end - at;
    else ranges.push({ offset: offset + at, length: end - at });
  }
}

/** Copies the given ranges of a file to a new one of the same size; what lies between stays a hole. */
export async function copySparse(from: string, to: string, ranges: ByteRange[]): Promise<void> {
  const source = await open(from);
  const target = await open(to, 'w');
  try {
    await target.truncate((await source.stat()).size);
    for (const { offset, length } of ranges) {
      for (let at = offset; at < offset + length; at += PIECE) {
        const bytes = await readExactly(source, at, Math.min(PIECE, offset + length - at));
        await target.write(bytes, 0, bytes.length, at);
      }
    }
  } finally {
    await source.close();
    await target.close();
  }
}

/** Reads a file once from end to end, so that the page cache has it before something is timed. */
export async function primePageCache(file: string): Promise<void> {
  const handle = await open(file);
  const piece = Buffer.allocUnsafe(PIECE);
  try {
    for (let at = 0; ; ) {
      const { bytesRead } = await handle.read(piece, 0, PIECE, at);
      if (bytesRead === 0) return;
      at += bytesRead;
    }
  } finally {
    await handle.close();
  }
}

/** Exactly `length` bytes, zeros behind the end of the file. */
export async function readExactly(handle: FileHandle, offset: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await handle.read(bytes, done, length - done, offset + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return bytes;
}
