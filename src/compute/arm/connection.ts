import { ComputeManagementClient } from '@azure/arm-compute';

import {
  bearerTokenAuthenticationPolicyName,
  createDefaultHttpClient,
  type HttpClient,
} from '@azure/core-rest-pipeline';
import { DefaultAzureCredential, type TokenCredential } from '@azure/identity';
import { safeEndpoint } from '../../transport/endpoint';
import { type DataPlane, openDataPlane } from '../data-plane/http';
import { PATIENCE, type Patience } from '../data-plane/retry';
import { repeatAfterReset } from './repeat-after-reset';

/** How to reach Azure Compute. */
export interface ComputeSettings {
  /** For example `https://management.azure.com`, or the address of an emulator. */
  endpoint: string;
  /** Allows plain http, and that only to this machine. */
  allowInsecureLoopback: boolean;
  /** The subscriptions whose VMs are discovered. */
  subscriptions: string[];
  /**
   * The name of this installation, the value of the tag on everything it creates. Two installations that back
   * up the same VMs must have different names, or each would sweep away what the other left.
   */
  installation?: string;
  /** The resource group of restore points and snapshots; by default that of their VM. */
  snapshotResourceGroup?: string;
  /** What policies of the subscription demand of everything that can have tags. */
  resourceTags?: Record<string, string>;
}

/** A connection to Azure Compute; one per process. Holds disk access links in memory, and nowhere else. */
export interface Compute {
  readonly settings: ComputeSettings & { installation: string };
  readonly endpoint: URL;
  readonly dataPlane: DataPlane;
  /** How patiently the bytes of disks are asked for. */
  readonly patience: Patience;
  /** Sends the polls of long-running operations. */
  readonly http: HttpClient;
  /**
   * The links that this process was granted, by resource key. They never leave this map but to the data
   * plane.
   */
  readonly links: Map<string, Promise<DiskLink>>;
  /**
   * The client of one subscription. It never retries: back-off belongs to the orchestrator's durable timers.
   * What a connection swallowed that had been kept for too long is sent again.
   */
  client(subscriptionId: string): ComputeManagementClient;
}

/** A link to a disk's bytes: a secret. */
export interface DiskLink {
  sas: string;
  /** Of `performance.now()`. */
  grantedAt: number;
  /** Milliseconds since the epoch after which a new one is asked for. */
  renewAt: number;
}

/**
 * Plain http reaches this machine only, where there is nobody to authenticate to; the SDK refuses tokens
 * there anyway.
 */
const anonymous: TokenCredential = { getToken: async () => null };

/**
 * Connects to Azure Compute, with `DefaultAzureCredential` over https.
 * Fails with `ComputeEndpointRefused` when the endpoint is plain http and not expressly allowed on loopback.
 */
export function connectCompute(settings: ComputeSettings): Compute {
  const endpoint = safeEndpoint(settings.endpoint, settings.allowInsecureLoopback);
  const insecure = endpoint.protocol === 'http:';
  const credential = insecure ? anonymous : new DefaultAzureCredential();
  const clients = new Map<string, ComputeManagementClient>();
  return {
    settings: { installation: 'default', ...settings },
    endpoint,
    dataPlane: openDataPlane({ allowInsecureLoopback: settings.allowInsecureLoopback }),
    patience: PATIENCE,
    http: createDefaultHttpClient(),
    links: new Map(),
    client(subscriptionId) {
      const known = clients.get(subscriptionId);
      if (known) return known;
      const client = new ComputeManagementClient(credential, subscriptionId, {
        endpoint: endpoint.origin,
        allowInsecureConnection: insecure,
        retryOptions: { maxRetries: 0 },
        credentials: { scopes: [`${endpoint.origin}/.default`] },
      });
      client.pipeline.addPolicy(repeatAfterReset, { phase: 'Retry' });
      if (insecure) client.pipeline.removePolicy({ name: bearerTokenAuthenticationPolicyName });
      clients.set(subscriptionId, client);
      return client;
    },
  };
}
