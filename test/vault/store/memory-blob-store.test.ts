import { memoryBlobStore } from '../../../src/vault/store/memory-blob-store';
import { blobStoreContract } from './blob-store-contract';

const locked = new Set<string>();
blobStoreContract(
  async () => memoryBlobStore({ locked: (name) => locked.has(name) }),
  async (name) => locked.add(name),
);
