/** The footer of a VHD; 2 is a fixed one, 3 a dynamic one. */
export function vhdFooter(type: number): Buffer {
  const footer = Buffer.alloc(512);
  footer.write('conectix');
  footer.writeUInt32BE(type, 60);
  return footer;
}

/** A fixed VHD that holds a disk. */
export const fixedVhd = (disk: Buffer): Buffer => Buffer.concat([disk, vhdFooter(2)]);
