import { memoryBlobStore } from '../../../src/vault/store/memory-blob-store';
import { blobStoreContract } from './blob-store-contract';

blobStoreContract(async () => memoryBlobStore());
