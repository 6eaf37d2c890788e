import { promisify } from 'node:util';
import { constants, zstdCompress, zstdCompressSync, zstdDecompress, zstdDecompressSync } from 'node:zlib';
import { vaultError } from '../vault-error';

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

const MAGIC = 'DVMB';
const VERSION = 1;
export const ENVELOPE_HEADER_BYTES = 20;

/** What an envelope holds. A byte of the header, so that a scanner can tell pieces apart without an index. */
export const KIND = { chunk: 1, patch: 2, segment: 3, index: 4, digests: 5 } as const;
export type EnvelopeKind = keyof typeof KIND;

const CODEC = { raw: 0, zstd: 1 } as const;

/** Level 1: 300 MiB/s a thread at nearly level 3's ratio; uploads, not ratio, bound a backup. */
const COMPRESS_PARAMS = { [constants.ZSTD_c_compressionLevel]: 1 };
/** Windows of at most 8 MiB: a hostile frame cannot ask the decoder for more memory. */
const DECOMPRESS_PARAMS = { [constants.ZSTD_d_windowLogMax]: 23 };

/** Up to this size the thread pool's round trip costs more than the work. */
const SMALL_BYTES = 16 * 1024;

/** Output grows in pieces of this size: the whole at once would take a chunk's worth of memory for a third of it. */
const OUTPUT_BYTES = 1024 * 1024;

/** Below this gain the bytes stay raw: reading them back is then free. */
const WORTHWHILE = 0.97;

/**
 * Wraps plain bytes: a header of 20 bytes, then the bytes as they are or as one zstd frame, whichever is smaller.
 * Compression runs in the thread pool.
 */
export async function seal(kind: EnvelopeKind, plain: Buffer): Promise<Buffer> {
  const chunkSize = Math.min(plain.length + 1024, OUTPUT_BYTES);
  const options = { params: COMPRESS_PARAMS, chunkSize };
  const packed =
    plain.length <= SMALL_BYTES ? zstdCompressSync(plain, options) : await compress(plain, options);
  const helps = packed.length < plain.length * WORTHWHILE;
  return withHeader(kind, helps ? CODEC.zstd : CODEC.raw, plain.length, helps ? packed : plain);
}

function withHeader(kind: EnvelopeKind, codec: number, plainBytes: number, stored: Buffer): Buffer {
  const sealed = Buffer.allocUnsafe(ENVELOPE_HEADER_BYTES + stored.length);
  sealed.write(MAGIC, 0, 'latin1');
  sealed.writeUInt8(VERSION, 4);
  sealed.writeUInt8(KIND[kind], 5);
  sealed.writeUInt8(codec, 6);
  sealed.writeUInt8(0, 7); // encryption: none
  sealed.writeUInt32LE(plainBytes, 8);
  sealed.writeUInt32LE(stored.length, 12);
  sealed.writeUInt32LE(0, 16); // reserved
  stored.copy(sealed, ENVELOPE_HEADER_BYTES);
  return sealed;
}

/**
 * The plain bytes of one envelope, which must fill `sealed` exactly. Memory is bounded by `maxPlainBytes` whatever the
 * bytes say. The caller still checks the plain bytes against their name.
 */
export async function open(
  kind: EnvelopeKind,
  sealed: Buffer,
  maxPlainBytes: number,
  objectName: string,
): Promise<Buffer> {
  const damaged = (detail: string) => vaultError('VaultObjectDamaged', objectName, detail);
  if (sealed.length < ENVELOPE_HEADER_BYTES) throw damaged('it is shorter than an envelope header');
  if (sealed.toString('latin1', 0, 4) !== MAGIC)
    throw damaged('it does not start with the magic of an envelope');
  const version = sealed.readUInt8(4);
  if (version !== VERSION) {
    throw vaultError('VaultVersionUnsupported', objectName, `envelope version ${version}`);
  }
  if (sealed.readUInt8(5) !== KIND[kind]) throw damaged(`its kind is ${sealed.readUInt8(5)}, not ${kind}`);
  const codec = sealed.readUInt8(6);
  if (sealed.readUInt8(7) !== 0 || sealed.readUInt32LE(16) !== 0) {
    throw vaultError('VaultVersionUnsupported', objectName, 'it is encrypted or uses a reserved field');
  }
  const plainBytes = sealed.readUInt32LE(8);
  if (plainBytes > maxPlainBytes)
    throw damaged(`it claims ${plainBytes} plain bytes, at most ${maxPlainBytes} fit`);
  const stored = sealed.subarray(ENVELOPE_HEADER_BYTES);
  if (stored.length !== sealed.readUInt32LE(12)) throw damaged('its stored length does not match the header');
  if (codec === CODEC.raw) {
    if (stored.length !== plainBytes) throw damaged('its raw length does not match the header');
    return stored;
  }
  if (codec !== CODEC.zstd) throw damaged(`codec ${codec} is unknown`);
  return inflate(stored, plainBytes, damaged);
}

async function inflate(
  stored: Buffer,
  plainBytes: number,
  damaged: (detail: string) => Error,
): Promise<Buffer> {
  let plain: Buffer;
  try {
    const options = {
      params: DECOMPRESS_PARAMS,
      maxOutputLength: Math.max(plainBytes, 1),
      chunkSize: Math.max(plainBytes, 64),
    };
    plain =
      plainBytes <= SMALL_BYTES ? zstdDecompressSync(stored, options) : await decompress(stored, options);
  } catch (error) {
    throw damaged(`zstd: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (plain.length !== plainBytes) throw damaged(`it inflates to ${plain.length} bytes, not ${plainBytes}`);
  return plain;
}
