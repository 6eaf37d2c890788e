import { ENTRY } from './fat16-layout';

/** What the attributes of an entry say that it is. */
export const DIRECTORY = 0x10;
export const ARCHIVE = 0x20;
export const VOLUME_LABEL = 0x08;

/**
 * 2 January 2026, 03:04:06, as FAT writes dates and times: the images are the same wherever they are made.
 */
const DATE = ((2026 - 1980) << 9) | (1 << 5) | 2;
const TIME = (3 << 11) | (4 << 5) | 3;

/** The entry of a file or directory in the directory that it lies in. `name` has eleven characters. */
export function directoryEntry(
  name: string,
  attributes: number,
  firstCluster: number,
  sizeBytes: number,
): Buffer {
  const bytes = Buffer.alloc(ENTRY);
  bytes.write(name, 0, 'latin1');
  bytes.writeUInt8(attributes, 11);
  bytes.writeUInt16LE(TIME, 14);
  bytes.writeUInt16LE(DATE, 16);
  bytes.writeUInt16LE(DATE, 18);
  bytes.writeUInt16LE(TIME, 22);
  bytes.writeUInt16LE(DATE, 24);
  bytes.writeUInt16LE(firstCluster, 26);
  bytes.writeUInt32LE(sizeBytes, 28);
  return bytes;
}

/** `app.log` as FAT stores it: eight and three characters, padded with spaces. */
export function shortName(name: string): string {
  const match = /^([A-Z0-9_$~-]{1,8})(?:\.([A-Z0-9_$~-]{1,3}))?$/.exec(name.toUpperCase());
  if (!match) throw new Error(`"${name}" is not an 8.3 name.`);
  return (match[1] ?? '').padEnd(8) + (match[2] ?? '').padEnd(3);
}
