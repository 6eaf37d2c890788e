import { CHUNK, MAGIC } from './constants';

const DONE = 1;
const HEAD_BYTES = 20;

/** A run of one state of `base:allocation`. */
export interface StateRun {
  length: number;
  state: number;
}

export function simpleReply(cookie: bigint, error: number): Buffer {
  const bytes = Buffer.allocUnsafe(16);
  bytes.writeUInt32BE(MAGIC.simpleReply, 0);
  bytes.writeUInt32BE(error, 4);
  bytes.writeBigUInt64BE(cookie, 8);
  return bytes;
}

/** The head of a chunk whose payload follows, of which `own` bytes are in the same buffer. */
function chunkHead(cookie: bigint, type: number, payloadBytes: number, own: number, done: boolean): Buffer {
  const bytes = Buffer.alloc(HEAD_BYTES + own);
  bytes.writeUInt32BE(MAGIC.structuredReply, 0);
  bytes.writeUInt16BE(done ? DONE : 0, 4);
  bytes.writeUInt16BE(type, 6);
  bytes.writeBigUInt64BE(cookie, 8);
  bytes.writeUInt32BE(payloadBytes, 16);
  return bytes;
}

/** The end of a structured reply that has gone well. */
export const doneReply = (cookie: bigint): Buffer => chunkHead(cookie, CHUNK.none, 0, 0, true);

/** What goes before `length` bytes of data. */
export function dataHead(cookie: bigint, offset: number, length: number, done: boolean): Buffer {
  const bytes = chunkHead(cookie, CHUNK.offsetData, 8 + length, 8, done);
  bytes.writeBigUInt64BE(BigInt(offset), HEAD_BYTES);
  return bytes;
}

export function holeReply(cookie: bigint, offset: number, length: number, done: boolean): Buffer {
  const bytes = chunkHead(cookie, CHUNK.offsetHole, 12, 12, done);
  bytes.writeBigUInt64BE(BigInt(offset), HEAD_BYTES);
  bytes.writeUInt32BE(length, HEAD_BYTES + 8);
  return bytes;
}

export function statusReply(cookie: bigint, context: number, runs: readonly StateRun[]): Buffer {
  const payload = 4 + runs.length * 8;
  const bytes = chunkHead(cookie, CHUNK.blockStatus, payload, payload, true);
  bytes.writeUInt32BE(context, HEAD_BYTES);
  for (const [at, { length, state }] of runs.entries()) {
    bytes.writeUInt32BE(length, HEAD_BYTES + 4 + at * 8);
    bytes.writeUInt32BE(state, HEAD_BYTES + 8 + at * 8);
  }
  return bytes;
}

/** An error with words for people, at a place of the disk where it has one; the end of the reply. */
export function errorReply(cookie: bigint, error: number, words: string, offset?: number): Buffer {
  const text = Buffer.from(words).subarray(0, 1024);
  const payload = 6 + text.length + (offset === undefined ? 0 : 8);
  const type = offset === undefined ? CHUNK.error : CHUNK.errorOffset;
  const bytes = chunkHead(cookie, type, payload, payload, true);
  bytes.writeUInt32BE(error, HEAD_BYTES);
  bytes.writeUInt16BE(text.length, HEAD_BYTES + 4);
  text.copy(bytes, HEAD_BYTES + 6);
  if (offset !== undefined) bytes.writeBigUInt64BE(BigInt(offset), HEAD_BYTES + 6 + text.length);
  return bytes;
}
