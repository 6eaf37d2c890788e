import { bootSector, CLUSTER, ENTRY, type FatLayout, layOut, layoutOf } from './fat16-layout';

const FREE = 0;
const END_OF_CHAIN = 0xffff;
const DELETED = 0xe5;
const DIRECTORY = 0x10;
const ARCHIVE = 0x20;
const VOLUME_LABEL = 0x08;
/** 2 January 2026, 03:04:06, as FAT writes dates and times: the images are the same wherever they are made. */
const DATE = ((2026 - 1980) << 9) | (1 << 5) | 2;
const TIME = (3 << 11) | (4 << 5) | 3;

/** A FAT16 volume in memory. Paths are parts of 8.3 names joined by `/`; upper and lower case are the same. */
export interface FatVolume {
  readonly bytes: Buffer;
  /** Writes a file, into clusters of its own; one that was there before is removed first. */
  write(path: string, content: Uint8Array): void;
  /** Overwrites bytes inside a file where they lie. */
  overwrite(path: string, offset: number, content: Uint8Array): void;
  /** Removes a file and clears its clusters, as a guest does that trims what it frees. */
  remove(path: string): void;
}

/** Makes an empty volume. */
export function formatFat16(options: {
  sizeBytes: number;
  label: string;
  serial: number;
  hiddenSectors?: number;
}): FatVolume {
  const layout = layOut(options.sizeBytes);
  const bytes = Buffer.alloc(options.sizeBytes);
  bytes.set(bootSector(layout, options.label, options.serial, options.hiddenSectors ?? 0));
  for (const table of tablesOf(layout)) {
    bytes.writeUInt16LE(0xfff8, table); // the media descriptor of the boot sector
    bytes.writeUInt16LE(END_OF_CHAIN, table + 2);
  }
  bytes.set(
    entry(options.label.toUpperCase().slice(0, 11).padEnd(11), VOLUME_LABEL, 0, 0),
    layout.rootOffset,
  );
  return openFat16(bytes);
}

/** Opens a volume that `formatFat16` made; changes go straight to `bytes`. */
export function openFat16(bytes: Buffer): FatVolume {
  const layout = layoutOf(bytes);
  const remove = (path: string) => {
    const { slot } = locate(path);
    freeChain(bytes.readUInt16LE(slot + 26));
    bytes.writeUInt8(DELETED, slot);
  };
  return {
    bytes,
    write(path, content) {
      const { directory, name, slot } = lookUp(path, { makeDirectories: true });
      if (slot !== undefined) remove(path);
      const first = store(content);
      bytes.set(entry(name, ARCHIVE, first, content.length), freeSlot(directory));
    },
    overwrite(path, offset, content) {
      const { slot } = locate(path);
      if (offset + content.length > bytes.readUInt32LE(slot + 28))
        throw new RangeError(`${path} is shorter.`);
      const clusters = chain(bytes.readUInt16LE(slot + 26));
      for (let done = 0; done < content.length; ) {
        const at = offset + done;
        const piece = content.subarray(done, done + CLUSTER - (at % CLUSTER));
        bytes.set(piece, clusterOffset(clusters[Math.floor(at / CLUSTER)] ?? 0) + (at % CLUSTER));
        done += piece.length;
      }
    },
    remove,
  };

  // --- names: a directory is the list of the pieces of the volume that hold its entries ---

  function locate(path: string): { slot: number } {
    const { slot } = lookUp(path, { makeDirectories: false });
    if (slot === undefined) throw new Error(`${path} is not on the volume.`);
    return { slot };
  }

  function lookUp(path: string, { makeDirectories }: { makeDirectories: boolean }) {
    const parts = path.split('/').map(shortName);
    const name = parts.pop() ?? '';
    let directory = 0;
    for (const part of parts) {
      const slot = find(directory, part);
      if (slot !== undefined) directory = bytes.readUInt16LE(slot + 26);
      else if (makeDirectories) directory = makeDirectory(directory, part);
      else throw new Error(`${path} is not on the volume.`);
    }
    return { directory, name, slot: find(directory, name) };
  }

  /** Offsets of all entries of a directory, given by its first cluster; 0 is the root, which has a place of its own. */
  function slots(directory: number): number[] {
    if (directory === 0) return range(layout.rootOffset, layout.rootEntries);
    return chain(directory).flatMap((cluster) => range(clusterOffset(cluster), CLUSTER / ENTRY));
  }

  function find(directory: number, name: string): number | undefined {
    return slots(directory).find(
      (slot) =>
        bytes.toString('latin1', slot, slot + 11) === name && !(bytes.readUInt8(slot + 11) & VOLUME_LABEL),
    );
  }

  function freeSlot(directory: number): number {
    const free = slots(directory).find((slot) => [FREE, DELETED].includes(bytes.readUInt8(slot)));
    if (free !== undefined) return free;
    if (directory === 0) throw new RangeError('The root directory is full.');
    const last = chain(directory).at(-1) ?? directory;
    const more = store(Buffer.alloc(CLUSTER));
    setNext(last, more);
    return clusterOffset(more);
  }

  function makeDirectory(parent: number, name: string): number {
    const entries = Buffer.alloc(CLUSTER);
    const cluster = store(entries);
    bytes.set(entry('.'.padEnd(11), DIRECTORY, cluster, 0), clusterOffset(cluster));
    bytes.set(entry('..'.padEnd(11), DIRECTORY, parent, 0), clusterOffset(cluster) + ENTRY);
    bytes.set(entry(name, DIRECTORY, cluster, 0), freeSlot(parent));
    return cluster;
  }

  // --- clusters ---

  /** Stores content in the first free clusters; returns the first one, 0 for nothing. */
  function store(content: Uint8Array): number {
    const clusters = freeClusters(Math.ceil(content.length / CLUSTER));
    clusters.forEach((cluster, index) => {
      bytes.set(content.subarray(index * CLUSTER, (index + 1) * CLUSTER), clusterOffset(cluster));
      setNext(cluster, clusters[index + 1] ?? END_OF_CHAIN);
    });
    return clusters[0] ?? 0;
  }

  function freeClusters(count: number): number[] {
    const free: number[] = [];
    for (let cluster = 2; free.length < count; cluster++) {
      if (cluster >= layout.clusters + 2) throw new RangeError('The volume is full.');
      if (next(cluster) === FREE) free.push(cluster);
    }
    return free;
  }

  function freeChain(first: number): void {
    for (const cluster of chain(first)) {
      const offset = clusterOffset(cluster);
      bytes.fill(0, offset, offset + CLUSTER);
      setNext(cluster, FREE);
    }
  }

  function chain(first: number): number[] {
    const clusters: number[] = [];
    for (let cluster = first; cluster >= 2 && cluster < 0xfff8; cluster = next(cluster))
      clusters.push(cluster);
    return clusters;
  }

  function next(cluster: number): number {
    return bytes.readUInt16LE(layout.fatOffset + cluster * 2);
  }

  function setNext(cluster: number, value: number): void {
    for (const table of tablesOf(layout)) bytes.writeUInt16LE(value, table + cluster * 2);
  }

  function clusterOffset(cluster: number): number {
    return layout.dataOffset + (cluster - 2) * CLUSTER;
  }
}

const tablesOf = ({ fatOffset, fatBytes }: FatLayout) => [fatOffset, fatOffset + fatBytes];

const range = (offset: number, entries: number) =>
  Array.from({ length: entries }, (_, i) => offset + i * ENTRY);

function entry(name: string, attributes: number, firstCluster: number, sizeBytes: number): Buffer {
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
function shortName(name: string): string {
  const match = /^([A-Z0-9_$~-]{1,8})(?:\.([A-Z0-9_$~-]{1,3}))?$/.exec(name.toUpperCase());
  if (!match) throw new Error(`"${name}" is not an 8.3 name.`);
  return (match[1] ?? '').padEnd(8) + (match[2] ?? '').padEnd(3);
}
