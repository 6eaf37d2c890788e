import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { COMPRESS_PARAMS, DECOMPRESS_PARAMS } from './zstd-params';

/** zstd between two pieces of memory that are there, on the caller's thread. */
export interface ZstdInto {
  /**
   * Writes `plain` as one frame to the start of `target` and answers its length; undefined when it does not
   * fit. A target of `frameBound` bytes always suffices, and is quickest.
   */
  compress(plain: Buffer, target: Buffer): number | undefined;
  /**
   * Writes what the frame holds to the start of `target` and answers its length. Throws when it is no frame
   * or does not fit; of one that was cut short older versions of Node answer what there is.
   */
  decompress(frame: Buffer, target: Buffer): number;
}

const SMALL_INPUT_BYTES = 128 * 1024;

/** The most that a frame of so many plain bytes can have (zstd.h: `ZSTD_COMPRESSBOUND`). */
export const frameBound = (plainBytes: number): number =>
  plainBytes + (plainBytes >> 8) + (Math.max(SMALL_INPUT_BYTES - plainBytes, 0) >> 11);

/** By Node's documented functions. What they make is memory of their own, which is copied. */
export const zstdByFunctions: ZstdInto = {
  compress(plain, target) {
    const frame = zstdCompressSync(plain, {
      params: COMPRESS_PARAMS,
      chunkSize: frameBound(plain.length) + 64,
    });
    if (frame.length > target.length) return undefined;
    return frame.copy(target);
  },
  decompress(frame, target) {
    const plain = zstdDecompressSync(frame, {
      params: DECOMPRESS_PARAMS,
      maxOutputLength: Math.max(target.length, 1),
      chunkSize: Math.max(target.length, 64),
    });
    return plain.copy(target);
  },
};
