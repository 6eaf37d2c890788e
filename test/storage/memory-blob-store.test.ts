import { memoryBlobStore } from '../../src/storage/memory-blob-store';
import { blobStoreContract } from './support/blob-store-contract';

const locked = new Set<string>();
const archived = new Set<string>();
blobStoreContract(
  async () => memoryBlobStore({ locked: (name) => locked.has(name), archived: (name) => archived.has(name) }),
  async (name) => locked.add(name),
  async (name) => archived.add(name),
);
