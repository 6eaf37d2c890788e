import { memoryBlobStore } from '../../../src/vault/store/memory-blob-store';
import { blobStoreContract } from './blob-store-contract';

blobStoreContract(async () => {
  const locked = new Set<string>();
  const store = memoryBlobStore({ locked: (name) => locked.has(name) });
  return { store, lock: async (name) => locked.add(name) };
});
