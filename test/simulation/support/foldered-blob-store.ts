import type { BlobItem, BlobStore } from '../../../src/storage/blob-store';
import { memoryBlobStore } from '../../../src/storage/memory-blob-store';

/**
 * A container in memory whose listings cost what their folder holds: months of backups make tens of thousands
 * of blobs.
 */
export function folderedBlobStore(options: { now: () => Date }): BlobStore {
  const folders = new Map<string, BlobStore>();
  const folderOf = (name: string): BlobStore => {
    const folder = name.slice(0, name.indexOf('/') + 1);
    const store = folders.get(folder) ?? memoryBlobStore(options);
    folders.set(folder, store);
    return store;
  };
  const whole = folderOf('');
  const ofBlobs = new Proxy(whole, {
    get:
      (_, method: keyof BlobStore) =>
      (name: string, ...rest: unknown[]) =>
        Reflect.apply(folderOf(name)[method], undefined, [name, ...rest]),
  });
  async function* list(prefix: string, listing?: { startAfter?: string }): AsyncIterable<BlobItem> {
    const items: BlobItem[] = [];
    for (const store of prefix.includes('/') ? [folderOf(prefix)] : folders.values()) {
      for await (const item of store.list(prefix, listing)) items.push(item);
    }
    yield* items.sort((a, b) => (a.name < b.name ? -1 : 1));
  }
  const ofContainers: Partial<BlobStore> = { ensureContainer: whole.ensureContainer, now: whole.now, list };
  return new Proxy(whole, { get: (_, method: keyof BlobStore) => ofContainers[method] ?? ofBlobs[method] });
}
