import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { formatFat16, openFat16 } from './fat16';
import type { DiskImage, FileSystemMaker } from './file-system';
import { masterBootRecord, PARTITION_OFFSET, PARTITION_TYPE, writeImage } from './image';

const SECTOR = 512;

/** Images with a FAT16 file system, made in memory: needs nothing but Node. */
export const fat16Images: FileSystemMaker = {
  name: 'FAT16',

  async create(image, files) {
    const disk = Buffer.alloc(image.sizeBytes);
    const start = volumeOffset(image);
    const serial = serialOf(image.label);
    if (image.partitioned) disk.set(masterBootRecord(image.sizeBytes, PARTITION_TYPE.fat16, serial));
    const volume = formatFat16({
      sizeBytes: image.sizeBytes - start,
      label: image.label,
      serial,
      hiddenSectors: start / SECTOR,
    });
    for (const [path, content] of Object.entries(files)) volume.write(path, content);
    disk.set(volume.bytes, start);
    await writeImage(image.file, disk);
  },

  async apply(image, { write = {}, overwrite = [], remove = [] }) {
    const disk = await readFile(image.file);
    const volume = openFat16(disk.subarray(volumeOffset(image)));
    for (const { path, offset, bytes } of overwrite) volume.overwrite(path, offset, bytes);
    for (const path of remove) volume.remove(path);
    for (const [path, content] of Object.entries(write)) volume.write(path, content);
    await writeImage(image.file, disk);
  },
};

const volumeOffset = ({ partitioned }: DiskImage) => (partitioned ? PARTITION_OFFSET : 0);

const serialOf = (label: string) => createHash('sha256').update(label).digest().readUInt32LE();
