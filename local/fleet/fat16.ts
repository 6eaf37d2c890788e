import { clustersOf, END_OF_CHAIN } from './fat16-clusters';
import { directoriesOf } from './fat16-directories';
import { ARCHIVE, directoryEntry, VOLUME_LABEL } from './fat16-entry';
import { bootSector, CLUSTER, layOut, layoutOf, tablesOf } from './fat16-layout';

/**
 * A FAT16 volume in memory. Paths are parts of 8.3 names joined by `/`; upper and lower case are the same.
 */
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
    directoryEntry(options.label.toUpperCase().slice(0, 11).padEnd(11), VOLUME_LABEL, 0, 0),
    layout.rootOffset,
  );
  return openFat16(bytes);
}

/** Opens a volume that `formatFat16` made; changes go straight to `bytes`. */
export function openFat16(bytes: Buffer): FatVolume {
  const layout = layoutOf(bytes);
  const clusters = clustersOf(bytes, layout);
  const directories = directoriesOf(bytes, layout, clusters);
  const firstCluster = (slot: number) => bytes.readUInt16LE(slot + 26);
  const remove = (path: string) => {
    const slot = directories.locate(path);
    clusters.free(firstCluster(slot));
    directories.removeEntry(slot);
  };
  return {
    bytes,
    write(path, content) {
      const { directory, name, slot } = directories.lookUp(path, { makeDirectories: true });
      if (slot !== undefined) remove(path);
      const first = clusters.store(content);
      const entry = directoryEntry(name, ARCHIVE, first, content.length);
      bytes.set(entry, directories.freeSlot(directory));
    },
    overwrite(path, offset, content) {
      const slot = directories.locate(path);
      if (offset + content.length > bytes.readUInt32LE(slot + 28))
        throw new RangeError(`${path} is shorter.`);
      const chain = clusters.chain(firstCluster(slot));
      for (let done = 0; done < content.length; ) {
        const at = offset + done;
        const piece = content.subarray(done, done + CLUSTER - (at % CLUSTER));
        bytes.set(piece, clusters.offset(chain[Math.floor(at / CLUSTER)] ?? 0) + (at % CLUSTER));
        done += piece.length;
      }
    },
    remove,
  };
}
