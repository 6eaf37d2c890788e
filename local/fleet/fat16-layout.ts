/**
 * Where everything lies on a FAT16 volume, in bytes from its start (Microsoft's FAT
 * specification, sections 3 and 4).
 */
export interface FatLayout {
  sizeBytes: number;
  fatOffset: number;
  /** Size of one of the two tables. */
  fatBytes: number;
  rootOffset: number;
  rootEntries: number;
  /** Where cluster 2, the first one, starts. */
  dataOffset: number;
  clusters: number;
}

export const SECTOR = 512;
/** As large as a page of the guest, so that a page that a guest writes is one cluster. */
export const CLUSTER = 4096;
export const ENTRY = 32;

const SECTORS_PER_CLUSTER = CLUSTER / SECTOR;
const ROOT_ENTRIES = 512;
const ROOT_SECTORS = (ROOT_ENTRIES * ENTRY) / SECTOR;
const TABLES = 2;
/** By the specification, the number of clusters alone says that a volume is FAT16. */
const FEWEST_CLUSTERS = 4085;
const MOST_CLUSTERS = 65_524;

/**
 * Lays out a volume of `sizeBytes`, a multiple of 512 between about 16 and 255 MiB,
 * with clusters on 4 KiB borders.
 */
export function layOut(sizeBytes: number): FatLayout {
  const sectors = Math.floor(sizeBytes / SECTOR);
  const fatSectors = Math.ceil(((sectors / SECTORS_PER_CLUSTER + 2) * 2) / SECTOR);
  const tables = TABLES * fatSectors + ROOT_SECTORS;
  const reserved = SECTORS_PER_CLUSTER - (tables % SECTORS_PER_CLUSTER);
  const dataSector = reserved + tables;
  const clusters = Math.floor((sectors - dataSector) / SECTORS_PER_CLUSTER);
  if (clusters < FEWEST_CLUSTERS || clusters > MOST_CLUSTERS) {
    throw new RangeError(`A FAT16 volume of ${sizeBytes} bytes would have ${clusters} clusters.`);
  }
  return {
    sizeBytes,
    fatOffset: reserved * SECTOR,
    fatBytes: fatSectors * SECTOR,
    rootOffset: (reserved + TABLES * fatSectors) * SECTOR,
    rootEntries: ROOT_ENTRIES,
    dataOffset: dataSector * SECTOR,
    clusters,
  };
}

/** Where the two tables start; both say the same. */
export const tablesOf = ({ fatOffset, fatBytes }: FatLayout): number[] => [fatOffset, fatOffset + fatBytes];

/** Reads the layout back from a volume's boot sector. */
export const layoutOf = (volume: Buffer): FatLayout =>
  layOut((volume.readUInt16LE(19) || volume.readUInt32LE(32)) * SECTOR);

/**
 * The boot sector with its BIOS parameter block. `hiddenSectors` is how many sectors lie before the volume.
 */
export function bootSector(layout: FatLayout, label: string, serial: number, hiddenSectors: number): Buffer {
  const sector = Buffer.alloc(SECTOR);
  const sectors = layout.sizeBytes / SECTOR;
  sector.set([0xeb, 0x3c, 0x90]); // jump over the parameter block
  sector.write('MSWIN4.1', 3, 'latin1');
  sector.writeUInt16LE(SECTOR, 11);
  sector.writeUInt8(SECTORS_PER_CLUSTER, 13);
  sector.writeUInt16LE(layout.fatOffset / SECTOR, 14);
  sector.writeUInt8(TABLES, 16);
  sector.writeUInt16LE(layout.rootEntries, 17);
  if (sectors < 0x10000) sector.writeUInt16LE(sectors, 19);
  else sector.writeUInt32LE(sectors, 32);
  sector.writeUInt8(0xf8, 21); // a fixed disk
  sector.writeUInt16LE(layout.fatBytes / SECTOR, 22);
  sector.writeUInt16LE(63, 24); // sectors a track
  sector.writeUInt16LE(255, 26); // heads
  sector.writeUInt32LE(hiddenSectors, 28);
  sector.writeUInt8(0x80, 36); // the first fixed disk
  sector.writeUInt8(0x29, 38); // serial number, label and type follow
  sector.writeUInt32LE(serial, 39);
  sector.write(label.toUpperCase().slice(0, 11).padEnd(11), 43, 'latin1');
  sector.write('FAT16   ', 54, 'latin1');
  sector.set([0xcd, 0x18], 62); // "no bootable disk": hand back to the BIOS
  sector.writeUInt16LE(0xaa55, 510);
  return sector;
}
