import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { BlobStore } from '../../../src/storage/blob-store';
import { memoryBlobStore } from '../../../src/storage/memory-blob-store';

/** Copies a container into a folder, as any copying tool would. */
export async function copyToFolder(store: BlobStore, folder: string): Promise<void> {
  for await (const { name } of store.list('')) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, (await store.get(name))!.body);
  }
}

/** A container in memory with what a folder holds. */
export async function storeFromFolder(folder: string): Promise<BlobStore> {
  const store = memoryBlobStore();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (entry.isFile()) await store.put(path.relative(folder, file), readFileSync(file));
  }
  return store;
}
