import type { BlobStore } from '../../../src/storage/blob-store';
import { memoryBlobStore } from '../../../src/storage/memory-blob-store';

/** A container of its own with the same blobs, for a test that damages them. */
export async function copyInMemory(store: BlobStore): Promise<BlobStore> {
  const copy = memoryBlobStore();
  for await (const { name } of store.list('')) await copy.put(name, (await store.get(name))!.body);
  return copy;
}
