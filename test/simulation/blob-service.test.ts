import { connectBlobStore } from '../../src/storage/azure-blob-store';
import { blobStoreContract } from '../storage/support/blob-store-contract';
import { type BlobService, startBlobService } from './support/blob-service';

let service: BlobService;
beforeAll(async () => {
  service = await startBlobService(() => new Date());
});
afterAll(() => service.close());

describe('the blob service of the simulation keeps the promises of Azurite', () =>
  blobStoreContract(async () =>
    connectBlobStore({ connectionString: service.connectionString }, 'contract'),
  ));
