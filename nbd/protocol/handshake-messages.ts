import { BLOCK_SIZE, HANDSHAKE, INFO, MAGIC, MAX_PAYLOAD_BYTES, OPTION_REPLY } from './constants';

/** The first words of the server: fixed newstyle, no padding unless the client wants it. */
export function greeting(): Buffer {
  const bytes = Buffer.alloc(18);
  bytes.writeBigUInt64BE(MAGIC.greeting, 0);
  bytes.writeBigUInt64BE(MAGIC.option, 8);
  bytes.writeUInt16BE(HANDSHAKE.fixedNewstyle | HANDSHAKE.noZeroes, 16);
  return bytes;
}

/** One answer to an option. */
export function optionReply(option: number, type: number, data: Buffer | string = ''): Buffer {
  const body = Buffer.from(data as string);
  const bytes = Buffer.alloc(20 + body.length);
  bytes.writeBigUInt64BE(MAGIC.optionReply, 0);
  bytes.writeUInt32BE(option, 8);
  bytes.writeUInt32BE(type, 12);
  bytes.writeUInt32BE(body.length, 16);
  body.copy(bytes, 20);
  return bytes;
}

/** One name of a list. */
export function listedExport(option: number, name: string): Buffer {
  const text = Buffer.from(name);
  const data = Buffer.alloc(4 + text.length);
  data.writeUInt32BE(text.length, 0);
  text.copy(data, 4);
  return optionReply(option, OPTION_REPLY.server, data);
}

/** A context that the server has, or that was chosen. */
export function contextReply(option: number, id: number, name: string): Buffer {
  const text = Buffer.from(name);
  const data = Buffer.alloc(4 + text.length);
  data.writeUInt32BE(id, 0);
  text.copy(data, 4);
  return optionReply(option, OPTION_REPLY.metaContext, data);
}

/** Size and flags of an export: the one answer that `INFO` and `GO` always give. */
export function exportInfo(option: number, sizeBytes: number, flags: number): Buffer {
  const data = Buffer.alloc(12);
  data.writeUInt16BE(INFO.export, 0);
  data.writeBigUInt64BE(BigInt(sizeBytes), 2);
  data.writeUInt16BE(flags, 10);
  return optionReply(option, OPTION_REPLY.info, data);
}

export function blockSizeInfo(option: number, writable: boolean): Buffer {
  const data = Buffer.alloc(14);
  data.writeUInt16BE(INFO.blockSize, 0);
  data.writeUInt32BE(BLOCK_SIZE.minimum, 2);
  data.writeUInt32BE(writable ? BLOCK_SIZE.writablePreferred : BLOCK_SIZE.preferred, 6);
  data.writeUInt32BE(MAX_PAYLOAD_BYTES, 10);
  return optionReply(option, OPTION_REPLY.info, data);
}

export function textInfo(option: number, type: number, text: string): Buffer {
  const bytes = Buffer.from(text);
  const data = Buffer.alloc(2 + bytes.length);
  data.writeUInt16BE(type, 0);
  bytes.copy(data, 2);
  return optionReply(option, OPTION_REPLY.info, data);
}

/** The answer to `EXPORT_NAME`, which has no other form; clients of old want 124 zeros behind it. */
export function exportNameReply(sizeBytes: number, flags: number, zeroes: boolean): Buffer {
  const bytes = Buffer.alloc(zeroes ? 134 : 10);
  bytes.writeBigUInt64BE(BigInt(sizeBytes), 0);
  bytes.writeUInt16BE(flags, 8);
  return bytes;
}
