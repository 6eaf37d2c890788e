import type { BlobService } from './blob-service';
import type { SimulatedAzure } from './simulated-azure';

/** The settings that connect the app with a simulated storage account and a simulated Azure. */
export const cloudSettings = (
  { connectionString }: Pick<BlobService, 'connectionString'>,
  { url, subscriptionId }: Pick<SimulatedAzure, 'url' | 'subscriptionId'>,
) => ({
  VaultStorage: connectionString,
  AzureWebJobsStorage: connectionString,
  ComputeEndpoint: url,
  ComputeAllowInsecureLoopback: 'true',
  Subscriptions: subscriptionId,
});
