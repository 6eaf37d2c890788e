import { CLUSTER, type FatLayout, tablesOf } from './fat16-layout';

const FREE = 0;
export const END_OF_CHAIN = 0xffff;

/**
 * The clusters of a volume. Each has an entry in the tables: free, the next one
 * of its chain, or the end of it.
 */
export interface FatClusters {
  /** Stores content in the first free clusters; returns the first one, 0 for nothing. */
  store(content: Uint8Array): number;
  /** The clusters of a chain, in order; none for 0. */
  chain(first: number): number[];
  /** Puts one cluster behind another. */
  link(last: number, next: number): void;
  /** Gives a chain free, and clears what was in it. */
  free(first: number): void;
  /** Where a cluster's bytes start on the volume. */
  offset(cluster: number): number;
}

/** @param bytes of the volume; changes go straight to them */
export function clustersOf(bytes: Buffer, layout: FatLayout): FatClusters {
  const next = (cluster: number) => bytes.readUInt16LE(layout.fatOffset + cluster * 2);

  const offset = (cluster: number) => layout.dataOffset + (cluster - 2) * CLUSTER;

  function setNext(cluster: number, value: number): void {
    for (const table of tablesOf(layout)) bytes.writeUInt16LE(value, table + cluster * 2);
  }

  function freeClusters(count: number): number[] {
    const free: number[] = [];
    for (let cluster = 2; free.length < count; cluster++) {
      if (cluster >= layout.clusters + 2) throw new RangeError('The volume is full.');
      if (next(cluster) === FREE) free.push(cluster);
    }
    return free;
  }

  function chain(first: number): number[] {
    const clusters: number[] = [];
    for (let cluster = first; cluster >= 2 && cluster < 0xfff8; cluster = next(cluster))
      clusters.push(cluster);
    return clusters;
  }

  return {
    store(content) {
      const clusters = freeClusters(Math.ceil(content.length / CLUSTER));
      clusters.forEach((cluster, index) => {
        bytes.set(content.subarray(index * CLUSTER, (index + 1) * CLUSTER), offset(cluster));
        setNext(cluster, clusters[index + 1] ?? END_OF_CHAIN);
      });
      return clusters[0] ?? 0;
    },
    chain,
    link: setNext,
    free(first) {
      for (const cluster of chain(first)) {
        bytes.fill(0, offset(cluster), offset(cluster) + CLUSTER);
        setNext(cluster, FREE);
      }
    },
    offset,
  };
}
