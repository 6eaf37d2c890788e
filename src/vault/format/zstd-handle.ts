import { constants, ZstdCompress, ZstdDecompress, zstdDecompressSync } from 'node:zlib';
import type { ZstdInto } from './zstd-into';
import { COMPRESS_PARAMS, DECOMPRESS_PARAMS } from './zstd-params';

/** What is behind a zlib object of Node. Not documented: it may be gone from any version on. */
interface Engine {
  _handle: {
    onerror(message: string): void;
    writeSync(
      flush: number,
      ...io: [input: Buffer, from: number, bytes: number, output: Buffer, from: number, bytes: number]
    ): void;
  };
  /** After a write: what is left of the output, what is left of the input, in bytes. */
  _writeState: Uint32Array;
  close(): void;
}

/** Of the output that the object brings along, which nobody uses; Node takes no less. */
const LEAST_OUTPUT = { chunkSize: 64 };
const NOTHING = Buffer.alloc(0);
const SAMPLE_BYTES = 1000;

/** Used again: when a frame is complete, the next one begins. */
let compressor: Engine | undefined;

/**
 * By the handle behind Node's own zlib objects, which writes straight to where the bytes are wanted. The
 * documented functions make new memory for every frame, megabytes at a time: taking it, clearing it, copying
 * from it and collecting it cost as much as compressing does. Undefined where Node's handle is not what is
 * known here.
 */
export const zstdByHandle: ZstdInto | undefined = isSupported() ? { compress, decompress } : undefined;

/** What is not documented may not only be gone but mean something else: it has to give bytes back, twice. */
function isSupported(): boolean {
  const plain = Buffer.alloc(SAMPLE_BYTES, 'to and fro, ');
  const frame = Buffer.alloc(2 * SAMPLE_BYTES);
  const isRight = () => {
    const made = frame.subarray(0, compress(plain, frame));
    const back = Buffer.alloc(SAMPLE_BYTES);
    return (
      made.length < frame.length &&
      zstdDecompressSync(made).equals(plain) &&
      decompress(made, back) === SAMPLE_BYTES &&
      back.equals(plain)
    );
  };
  try {
    return isRight() && isRight();
  } catch {
    // Whatever it throws, it is not the handle that is known here.
    return false;
  }
}

function compress(plain: Buffer, target: Buffer): number | undefined {
  const engine = compressor ?? newCompressor();
  // Who threw or left a frame incomplete must not go on with the next one.
  compressor = undefined;
  const { length, rest } = run(engine, plain, target);
  if (rest > 0 || length === target.length) {
    engine.close();
    return undefined;
  }
  compressor = engine;
  return length;
}

function decompress(frame: Buffer, target: Buffer): number {
  const engine = newDecompressor();
  try {
    const { length, rest } = run(engine, frame, target);
    if (length === target.length && run(engine, NOTHING, Buffer.alloc(1)).length > 0)
      throw new Error(`it holds more than ${target.length} bytes`);
    if (rest > 0) throw new Error(`${rest} bytes are left over`);
    return length;
  } finally {
    engine.close();
  }
}

function run(engine: Engine, input: Buffer, output: Buffer): { length: number; rest: number } {
  let failure: Error | undefined;
  engine._handle.onerror = (message) => {
    failure = new Error(message);
  };
  engine._handle.writeSync(constants.ZSTD_e_end, input, 0, input.length, output, 0, output.length);
  if (failure) throw failure;
  const [left = 0, rest = 0] = engine._writeState;
  return { length: output.length - left, rest };
}

function newCompressor(): Engine {
  return new ZstdCompress({ params: COMPRESS_PARAMS, ...LEAST_OUTPUT }) as unknown as Engine;
}

function newDecompressor(): Engine {
  return new ZstdDecompress({ params: DECOMPRESS_PARAMS, ...LEAST_OUTPUT }) as unknown as Engine;
}
