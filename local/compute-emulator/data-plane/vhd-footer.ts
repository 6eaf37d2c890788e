export const FOOTER_BYTES = 512;
const COOKIE = 'conectix';

/**
 * The last 512 bytes of a fixed VHD (specification "Virtual Hard Disk Image Format"): what the data plane
 * shows behind the bytes of a disk.
 */
export function vhdFooter(sizeBytes: number): Buffer {
  const footer = Buffer.alloc(FOOTER_BYTES);
  footer.write(COOKIE, 0, 'ascii');
  footer.writeUInt32BE(2, 8);
  footer.writeUInt32BE(0x00010000, 12);
  footer.writeBigUInt64BE(0xffffffffffffffffn, 16);
  footer.write('wa\0\0', 28, 'ascii');
  footer.writeUInt32BE(0x000a0000, 32);
  footer.write('Wi2k', 36, 'ascii');
  footer.writeBigUInt64BE(BigInt(sizeBytes), 40);
  footer.writeBigUInt64BE(BigInt(sizeBytes), 48);
  footer.writeUInt32BE(geometry(sizeBytes), 56);
  footer.writeUInt32BE(2, 60);
  footer.writeUInt32BE(~footer.reduce((sum, byte) => sum + byte, 0) >>> 0, 64);
  return footer;
}

export function isVhdFooter(bytes: Buffer): boolean {
  return bytes.toString('ascii', 0, COOKIE.length) === COOKIE;
}

/** Cylinders, heads and sectors, with the largest values for everything above 127 GiB. */
function geometry(sizeBytes: number): number {
  const sectors = Math.min(Math.floor(sizeBytes / 512), 65535 * 16 * 255);
  const heads = 16;
  const sectorsPerTrack = 255;
  const cylinders = Math.floor(sectors / heads / sectorsPerTrack);
  return ((cylinders << 16) | (heads << 8) | sectorsPerTrack) >>> 0;
}
