import { type ServeOptions, servePoints } from '../../../nbd/serve-points';
import type { BlobStore } from '../../../src/storage/blob-store';
import { countingBlobStore } from '../../../src/storage/counting-blob-store';
import { memoryBlobStore } from '../../../src/storage/memory-blob-store';
import { openVault, openVaultToRead, type Vault } from '../../../src/vault/vault';
import { backUp } from '../../vault/support/backups';
import { SimulatedDisk } from '../../vault/support/simulated-disk';

export const MiB = 2 ** 20;

/** Without zeros, longer than any block by a prime, so that no two blocks of a pattern are alike. */
const NOISE = Buffer.from(Array.from({ length: 10_007 }, (_, at) => 1 + ((at * at * 31 + at * 7) % 255)));

/** Bytes that differ from place to place, with no zeros among them. */
export const pattern = (length: number, seed = 1) =>
  Buffer.alloc(length + seed * 101, NOISE).subarray(seed * 101);

/** A vault in memory with one point: what its disks hold is known. */
export async function vaultWithPoint(disks: Record<string, SimulatedDisk>) {
  const memory = memoryBlobStore();
  const writing = await openVault(memory);
  const snapshots = Object.entries(disks).map(([diskId, disk]) => ({ diskId, snapshot: disk.snapshot() }));
  const { pointId } = await backUp(
    writing,
    snapshots.map(({ diskId, snapshot }) => ({ diskId, source: snapshot.source() })),
  );
  const counted = countingBlobStore(memory);
  return { memory, counted, pointId, vault: await openVaultToRead(counted) };
}

/**
 * Three chunks: data, a hole, data that ends within the chunk; patterned so that every byte has its place.
 */
export function smallDisk() {
  const disk = new SimulatedDisk(11 * MiB + 1536);
  disk.write(0, pattern(3 * MiB));
  disk.write(8 * MiB, pattern(3 * MiB + 1536, 2));
  const bytes = disk.snapshot().bytes();
  return { disk, bytes };
}

/** Serves, and hands on what is noted. */
export async function serve(vault: Vault, pointId: string, options: Partial<ServeOptions> = {}) {
  const notes: string[] = [];
  const server = await servePoints(vault, {
    points: [{ pointId }],
    onNote: (note) => notes.push(note),
    ...options,
  });
  return { ...server, notes };
}

/** A view of a store whose reads of content wait until they are let go. */
export function heldStore(store: BlobStore) {
  let letGo: () => void = () => undefined;
  const open = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  let asked = 0;
  const view: BlobStore = {
    ...store,
    async readInto(name, target, signal) {
      asked += 1;
      await open;
      return store.readInto(name, target, signal);
    },
  };
  return { store: view, letGo: () => letGo(), asked: () => asked };
}
