import { connectCompute } from './compute/arm/connection';
import type { Collection } from './documents/collection';
import { jobs } from './jobs/jobs';
import { type StartedRequest, startedRequests } from './jobs/requests';
import { policyDocuments } from './policies/policies';
import { protectedVms } from './protection/protected-vm';
import type { ProtectionServices } from './protection/protection-services';
import { readSettings, type Settings } from './settings';
import { connectBlobStore } from './storage/azure-blob-store';
import { threadedCodec } from './vault/codec/threaded-codec';
import { openVault } from './vault/vault';

/** Everything outside this process that the functions and activities work with. */
export interface Services extends ProtectionServices {
  settings: Settings;
  /** Requests with an Idempotency-Key. */
  requests: Collection<StartedRequest>;
}

let connected: Promise<Services> | undefined;

/**
 * The services of this process, connected on first use: loading the app needs no settings, running it does. A
 * vault that could not be opened is tried again by the next caller.
 */
export function services(): Promise<Services> {
  connected ??= connectServices(readSettings(process.env)).catch((error) => {
    connected = undefined;
    throw error;
  });
  return connected;
}

/** Connects to Azure Compute and opens the vault, which creates its container on first use. */
export async function connectServices(settings: Settings): Promise<Services> {
  const store = connectBlobStore(settings.vault.connection, settings.vault.container);
  return {
    settings,
    store,
    compute: connectCompute(settings.compute),
    vault: await openVault(store, { codec: threadedCodec() }),
    policies: policyDocuments(store),
    protectedVms: protectedVms(store),
    jobs: jobs(store),
    requests: startedRequests(store),
  };
}
