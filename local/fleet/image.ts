import { type FileHandle, open } from 'node:fs/promises';

const BLOCK = 64 * 1024;
const ZEROS = Buffer.alloc(BLOCK);
const SECTOR = 512;

/** Where the only partition of a partitioned disk starts: 1 MiB, as every partitioning tool has it. */
export const PARTITION_OFFSET = 1024 * 1024;

/** Types in the partition table: FAT16 with LBA, Linux. */
export const PARTITION_TYPE = { fat16: 0x0e, linux: 0x83 } as const;

/** Writes an image as a sparse file: blocks of zeros stay holes. */
export async function writeImage(file: string, bytes: Buffer): Promise<void> {
  const handle = await open(file, 'w');
  try {
    await handle.truncate(bytes.length);
    await writeBlocks(handle, bytes);
  } finally {
    await handle.close();
  }
}

/** Writes pieces into an image that exists. */
export async function writeInto(
  file: string,
  pieces: { offset: number; bytes: Uint8Array }[],
): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    for (const { offset, bytes } of pieces) await handle.write(bytes, 0, bytes.length, offset);
  } finally {
    await handle.close();
  }
}

/** A master boot record with one partition that takes everything behind `PARTITION_OFFSET`. */
export function masterBootRecord(diskSizeBytes: number, type: number, signature: number): Buffer {
  const record = Buffer.alloc(SECTOR);
  record.writeUInt32LE(signature, 440);
  record.writeUInt8(0x80, 446); // active
  record.set([0xfe, 0xff, 0xff], 447); // beyond what cylinders, heads and sectors can say
  record.writeUInt8(type, 450);
  record.set([0xfe, 0xff, 0xff], 451);
  record.writeUInt32LE(PARTITION_OFFSET / SECTOR, 454);
  record.writeUInt32LE((diskSizeBytes - PARTITION_OFFSET) / SECTOR, 458);
  record.writeUInt16LE(0xaa55, 510);
  return record;
}

async function writeBlocks(handle: FileHandle, bytes: Buffer): Promise<void> {
  for (let offset = 0; offset < bytes.length; offset += BLOCK) {
    const block = bytes.subarray(offset, offset + BLOCK);
    if (block.equals(ZEROS.subarray(0, block.length))) continue;
    await handle.write(block, 0, block.length, offset);
  }
}
