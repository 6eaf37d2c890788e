import { promisify } from 'node:util';
import { zstdCompress, zstdCompressSync, zstdDecompress, zstdDecompressSync } from 'node:zlib';
import { objectError } from '../../storage/object-error';
import { zstd } from './zstd';
import { frameBound } from './zstd-into';
import { COMPRESS_PARAMS, DECOMPRESS_PARAMS } from './zstd-params';

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

const MAGIC = 'DVMB';
const VERSION = 1;
export const ENVELOPE_HEADER_BYTES = 20;

/** What an envelope holds. A byte of the header, so that a scanner can tell pieces apart without an index. */
export const KIND = { chunk: 1, patch: 2, segment: 3, index: 4, digests: 5 } as const;
export type EnvelopeKind = keyof typeof KIND;

const CODEC = { raw: 0, zstd: 1 } as const;

/** Up to this size the thread pool's round trip costs more than the work. */
const SMALL_BYTES = 16 * 1024;

/**
 * Output grows in pieces of this size: the whole at once would take a chunk's worth of memory for a third of
 * it.
 */
const OUTPUT_BYTES = 1024 * 1024;

/** Below this gain the bytes stay raw: reading them back is then free. */
const WORTHWHILE = 0.97;

/**
 * Wraps plain bytes: a header of 20 bytes, then the bytes as they are or as one zstd frame, whichever is
 * smaller. Compression runs in the thread pool.
 */
export async function seal(kind: EnvelopeKind, plain: Buffer): Promise<Buffer> {
  if (plain.length <= SMALL_BYTES) return sealNow(kind, plain);
  return envelopeOf(kind, plain, await compress(plain, optionsFor(plain)));
}

/** The same at once, on the caller's thread. */
export const sealNow = (kind: EnvelopeKind, plain: Buffer): Buffer =>
  envelopeOf(kind, plain, compressNow(plain));

/** Room enough for the envelope of so many plain bytes, whatever they are, while it is made. */
export const sealingRoom = (plainBytes: number): number => ENVELOPE_HEADER_BYTES + frameBound(plainBytes);

/**
 * The same, written to the start of `target`, which has `sealingRoom`. Answers the length of the envelope.
 */
export function sealInto(kind: EnvelopeKind, plain: Buffer, target: Buffer): number {
  const body = target.subarray(ENVELOPE_HEADER_BYTES);
  if (body.length < plain.length) throw new RangeError('There is no room for this envelope.');
  const packed = zstd.compress(plain, body);
  const worthwhile = packed !== undefined && isWorthwhile(packed, plain.length);
  const storedBytes = worthwhile ? packed : plain.copy(body);
  writeHeader(target, kind, plain.length, storedBytes, worthwhile ? CODEC.zstd : CODEC.raw);
  return ENVELOPE_HEADER_BYTES + storedBytes;
}

function envelopeOf(kind: EnvelopeKind, plain: Buffer, packed: Buffer): Buffer {
  const worthwhile = isWorthwhile(packed.length, plain.length);
  const stored = worthwhile ? packed : plain;
  const sealed = Buffer.allocUnsafeSlow(ENVELOPE_HEADER_BYTES + stored.length);
  writeHeader(sealed, kind, plain.length, stored.length, worthwhile ? CODEC.zstd : CODEC.raw);
  stored.copy(sealed, ENVELOPE_HEADER_BYTES);
  return sealed;
}

const optionsFor = (plain: Buffer) => ({
  params: COMPRESS_PARAMS,
  chunkSize: Math.min(plain.length + 1024, OUTPUT_BYTES),
});
const compressNow = (plain: Buffer) => zstdCompressSync(plain, optionsFor(plain));
const isWorthwhile = (packedBytes: number, plainBytes: number) => packedBytes < plainBytes * WORTHWHILE;

function writeHeader(
  target: Buffer,
  kind: EnvelopeKind,
  plainBytes: number,
  storedBytes: number,
  codec: number,
): void {
  target.write(MAGIC, 0, 'latin1');
  target.writeUInt8(VERSION, 4);
  target.writeUInt8(KIND[kind], 5);
  target.writeUInt8(codec, 6);
  target.writeUInt8(0, 7); // encryption: none
  target.writeUInt32LE(plainBytes, 8);
  target.writeUInt32LE(storedBytes, 12);
  target.writeUInt32LE(0, 16); // reserved
}

/**
 * The plain bytes of one envelope, which must fill `sealed` exactly. Memory is bounded by `maxPlainBytes`
 * whatever the bytes say. The caller still checks the plain bytes against their name.
 */
export async function open(
  kind: EnvelopeKind,
  sealed: Buffer,
  maxPlainBytes: number,
  objectName: string,
): Promise<Buffer> {
  const { stored, plainBytes, codec } = readHeader(kind, sealed, maxPlainBytes, objectName);
  if (codec === CODEC.raw) return stored;
  const inflate = plainBytes <= SMALL_BYTES ? zstdDecompressSync : decompress;
  try {
    return ofLength(await inflate(stored, inflateOptions(plainBytes)), plainBytes);
  } catch (error) {
    throw refusedFrame(objectName, error);
  }
}

/**
 * The same at once, on the caller's thread: written to the start of `target`, whose length bounds it. Answers
 * the plain bytes there. When it throws, anything may be in the target.
 */
export function openInto(kind: EnvelopeKind, sealed: Buffer, target: Buffer, objectName: string): Buffer {
  const { stored, plainBytes, codec } = readHeader(kind, sealed, target.length, objectName);
  const plain = target.subarray(0, plainBytes);
  if (codec === CODEC.raw) {
    stored.copy(plain);
    return plain;
  }
  try {
    return ofLength(plain.subarray(0, zstd.decompress(stored, plain)), plainBytes);
  } catch (error) {
    throw refusedFrame(objectName, error);
  }
}

function readHeader(kind: EnvelopeKind, sealed: Buffer, maxPlainBytes: number, objectName: string) {
  const damaged = (detail: string) => objectError('VaultObjectDamaged', objectName, detail);
  if (sealed.length < ENVELOPE_HEADER_BYTES) throw damaged('it is shorter than an envelope header');
  if (sealed.toString('latin1', 0, 4) !== MAGIC)
    throw damaged('it does not start with the magic of an envelope');
  const version = sealed.readUInt8(4);
  if (version !== VERSION) {
    throw objectError('VaultVersionUnsupported', objectName, `envelope version ${version}`);
  }
  if (sealed.readUInt8(5) !== KIND[kind]) throw damaged(`its kind is ${sealed.readUInt8(5)}, not ${kind}`);
  const codec = sealed.readUInt8(6);
  if (sealed.readUInt8(7) !== 0 || sealed.readUInt32LE(16) !== 0) {
    throw objectError('VaultVersionUnsupported', objectName, 'it is encrypted or uses a reserved field');
  }
  const plainBytes = sealed.readUInt32LE(8);
  if (plainBytes > maxPlainBytes)
    throw damaged(`it claims ${plainBytes} plain bytes, at most ${maxPlainBytes} fit`);
  const stored = sealed.subarray(ENVELOPE_HEADER_BYTES);
  if (stored.length !== sealed.readUInt32LE(12)) throw damaged('its stored length does not match the header');
  if (codec === CODEC.raw && stored.length !== plainBytes)
    throw damaged('its raw length does not match the header');
  if (codec !== CODEC.raw && codec !== CODEC.zstd) throw damaged(`codec ${codec} is unknown`);
  return { stored, plainBytes, codec };
}

const inflateOptions = (plainBytes: number) => ({
  params: DECOMPRESS_PARAMS,
  maxOutputLength: Math.max(plainBytes, 1),
  chunkSize: Math.max(plainBytes, 64),
});

function ofLength(plain: Buffer, plainBytes: number): Buffer {
  if (plain.length !== plainBytes) throw new Error(`it inflates to ${plain.length} bytes, not ${plainBytes}`);
  return plain;
}

const refusedFrame = (objectName: string, error: unknown) =>
  objectError(
    'VaultObjectDamaged',
    objectName,
    `zstd: ${error instanceof Error ? error.message : String(error)}`,
  );
