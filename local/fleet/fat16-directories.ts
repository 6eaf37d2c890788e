import type { FatClusters } from './fat16-clusters';
import { DIRECTORY, directoryEntry, shortName, VOLUME_LABEL } from './fat16-entry';
import { CLUSTER, ENTRY, type FatLayout } from './fat16-layout';

const UNUSED = 0;
const DELETED = 0xe5;

/** Where the entry of a path lies, or would lie. */
export interface FatPlace {
  /** First cluster of the directory; 0 is the root, which has a place of its own. */
  directory: number;
  /** As FAT stores it. */
  name: string;
  /** Offset of the entry on the volume, when there is one. */
  slot?: number;
}

/** The directories of a volume: each is the list of the pieces of the volume that hold its entries. */
export interface FatDirectories {
  /** Looks a path up. Without `makeDirectories`, it throws where a directory of the path is missing. */
  lookUp(path: string, options: { makeDirectories: boolean }): FatPlace;
  /** Offset of the entry of a file that is there. */
  locate(path: string): number;
  /** Room for one more entry. */
  freeSlot(directory: number): number;
  /** Gives the room of an entry free. */
  removeEntry(slot: number): void;
}

/** @param bytes of the volume; changes go straight to them */
export function directoriesOf(bytes: Buffer, layout: FatLayout, clusters: FatClusters): FatDirectories {
  /** Offsets of all entries of a directory. */
  function slots(directory: number): number[] {
    if (directory === 0) return range(layout.rootOffset, layout.rootEntries);
    return clusters.chain(directory).flatMap((cluster) => range(clusters.offset(cluster), CLUSTER / ENTRY));
  }

  function find(directory: number, name: string): number | undefined {
    return slots(directory).find(
      (slot) =>
        bytes.toString('latin1', slot, slot + 11) === name && !(bytes.readUInt8(slot + 11) & VOLUME_LABEL),
    );
  }

  function freeSlot(directory: number): number {
    const free = slots(directory).find((slot) => [UNUSED, DELETED].includes(bytes.readUInt8(slot)));
    if (free !== undefined) return free;
    if (directory === 0) throw new RangeError('The root directory is full.');
    const last = clusters.chain(directory).at(-1) ?? directory;
    const more = clusters.store(Buffer.alloc(CLUSTER));
    clusters.link(last, more);
    return clusters.offset(more);
  }

  function makeDirectory(parent: number, name: string): number {
    const cluster = clusters.store(Buffer.alloc(CLUSTER));
    const offset = clusters.offset(cluster);
    bytes.set(directoryEntry('.'.padEnd(11), DIRECTORY, cluster, 0), offset);
    bytes.set(directoryEntry('..'.padEnd(11), DIRECTORY, parent, 0), offset + ENTRY);
    bytes.set(directoryEntry(name, DIRECTORY, cluster, 0), freeSlot(parent));
    return cluster;
  }

  function lookUp(path: string, { makeDirectories }: { makeDirectories: boolean }): FatPlace {
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

  return {
    lookUp,
    locate(path) {
      const { slot } = lookUp(path, { makeDirectories: false });
      if (slot === undefined) throw new Error(`${path} is not on the volume.`);
      return slot;
    },
    freeSlot,
    removeEntry: (slot) => void bytes.writeUInt8(DELETED, slot),
  };
}

const range = (offset: number, entries: number) =>
  Array.from({ length: entries }, (_, i) => offset + i * ENTRY);
