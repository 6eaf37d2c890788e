import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import { serviceTime } from './azure-answers';
import { azureListing } from './azure-listing';
import { azureReads } from './azure-reads';
import { azureWrites } from './azure-writes';
import type { BlobStore } from './blob-store';
import { type Patience, patient, USUAL_PATIENCE } from './patience';
import { withFailures } from './with-failures';

/**
 * Where the vault's storage account is: a connection string, or its blob endpoint opened with the app's own
 * identity.
 */
export type BlobStoreAddress = { connectionString: string } | { serviceUrl: string };

/**
 * A container of Azure Blob Storage (or Azurite). Nothing is sent before the first call.
 * Retries are the SDK's: exponential, honouring `Retry-After`.
 */
export function connectBlobStore(address: BlobStoreAddress, container: string): BlobStore {
  return azureBlobStore(serviceClient(address).getContainerClient(container));
}

function serviceClient(address: BlobStoreAddress): BlobServiceClient {
  if ('connectionString' in address) return BlobServiceClient.fromConnectionString(address.connectionString);
  // Loaded only here: the identity library costs start-up time that a connection string does not need.
  const { DefaultAzureCredential } = require('@azure/identity') as typeof import('@azure/identity');
  return new BlobServiceClient(address.serviceUrl, new DefaultAzureCredential());
}

/** The store over a container client that somebody else configured. */
export function azureBlobStore(container: ContainerClient, patience: Patience = USUAL_PATIENCE): BlobStore {
  const answered = patient(patience);
  return withFailures({
    async ensureContainer() {
      await answered((abortSignal) => container.createIfNotExists({ abortSignal }));
    },
    ...azureReads(container, patience),
    ...azureWrites(container, answered),
    list: azureListing(container, answered),
    async now() {
      const { date } = await answered((abortSignal) => container.getProperties({ abortSignal }));
      return serviceTime(date);
    },
  });
}
