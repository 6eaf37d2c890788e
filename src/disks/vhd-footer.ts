import { createHash } from 'node:crypto';

export const VHD_FOOTER_BYTES = 512;

const CHECKSUM_AT = 64;
const SECTOR_BYTES = 512;

/**
 * Cylinders, heads and sectors per track, as "Virtual Hard Disk Image Format Specification" computes them
 * (appendix).
 */
export function diskGeometry(sizeBytes: number): { cylinders: number; heads: number; sectors: number } {
  const total = Math.min(Math.floor(sizeBytes / SECTOR_BYTES), 65_535 * 16 * 255);
  if (total >= 65_535 * 16 * 63) return { cylinders: Math.floor(total / 255 / 16), heads: 16, sectors: 255 };
  let sectors = 17;
  let tracks = Math.floor(total / sectors);
  let heads = Math.max(Math.floor((tracks + 1023) / 1024), 4);
  if (tracks >= heads * 1024 || heads > 16) {
    sectors = 31;
    heads = 16;
    tracks = Math.floor(total / sectors);
  }
  if (tracks >= heads * 1024) {
    sectors = 63;
    heads = 16;
    tracks = Math.floor(total / sectors);
  }
  return { cylinders: Math.floor(tracks / heads), heads, sectors };
}

/**
 * The footer of a fixed VHD, which Azure demands behind the bytes of an uploaded disk. The unique id is made
 * of `identity` and the time stamp is zero, so that writing it twice writes the same.
 */
export function vhdFooter(sizeBytes: number, identity: string): Buffer {
  const footer = Buffer.alloc(VHD_FOOTER_BYTES);
  const { cylinders, heads, sectors } = diskGeometry(sizeBytes);
  footer.write('conectix', 0, 'latin1');
  footer.writeUInt32BE(2, 8); // features: the reserved bit is always set
  footer.writeUInt32BE(0x0001_0000, 12); // format version 1.0
  footer.fill(0xff, 16, 24); // data offset: none on a fixed disk
  footer.writeUInt32BE(0, 24); // time stamp, seconds since 2000
  footer.write('dvmb', 28, 'latin1'); // creator application
  footer.writeUInt32BE(0x0001_0000, 32); // creator version
  footer.write('Wi2k', 36, 'latin1'); // creator host: the specification knows Windows and Macintosh
  footer.writeBigUInt64BE(BigInt(sizeBytes), 40); // original size
  footer.writeBigUInt64BE(BigInt(sizeBytes), 48); // current size
  footer.writeUInt16BE(cylinders, 56);
  footer.writeUInt8(heads, 58);
  footer.writeUInt8(sectors, 59);
  footer.writeUInt32BE(2, 60); // disk type: fixed
  uuidOf(identity).copy(footer, 68);
  footer.writeUInt32BE(checksum(footer), CHECKSUM_AT);
  return footer;
}

/** One's complement of the sum of all bytes, the checksum field counted as zero. */
function checksum(footer: Buffer): number {
  const sum = footer.reduce(
    (total, byte, at) => (at >= CHECKSUM_AT && at < CHECKSUM_AT + 4 ? total : total + byte),
    0,
  );
  return ~sum >>> 0;
}

/** A version 8 (custom) UUID from a hash. */
function uuidOf(identity: string): Buffer {
  const uuid = createHash('sha256').update(identity.toLowerCase()).digest().subarray(0, 16);
  uuid.writeUInt8((uuid.readUInt8(6) & 0x0f) | 0x80, 6);
  uuid.writeUInt8((uuid.readUInt8(8) & 0x3f) | 0x80, 8);
  return uuid;
}
