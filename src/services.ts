import { type Compute, connectCompute } from './compute/connection';
import type { Collection } from './documents/collection';
import type { Job } from './jobs/job';
import { jobs } from './jobs/jobs';
import { policyDocuments } from './policies/policies';
import type { BackupPolicy } from './policies/policy';
import { type ProtectedVm, protectedVms } from './protection/protected-vm';
import { readSettings, type Settings } from './settings';
import { connectBlobStore } from './vault/store/azure-blob-store';
import type { BlobStore } from './vault/store/blob-store';
import { openVault, type Vault } from './vault/vault';

/** Everything outside this process that the functions and activities work with. */
export interface Services {
  settings: Settings;
  compute: Compute;
  store: BlobStore;
  /** Opens the vault, which creates it on first use. */
  vault(): Promise<Vault>;
  policies: Collection<BackupPolicy>;
  protectedVms: Collection<ProtectedVm>;
  jobs: Collection<Job>;
}

let connected: Services | undefined;

/** The services of this process, connected on first use: loading the app needs no settings, running it does. */
export function services(): Services {
  connected ??= connectServices(readSettings(process.env));
  return connected;
}

export function connectServices(settings: Settings): Services {
  const store = connectBlobStore(settings.vault.connection, settings.vault.container);
  let vault: Promise<Vault> | undefined;
  return {
    settings,
    store,
    compute: connectCompute(settings.compute),
    vault: () => {
      vault ??= openVault(store).catch((error) => {
        vault = undefined;
        throw error;
      });
      return vault;
    },
    policies: policyDocuments(store),
    protectedVms: protectedVms(store),
    jobs: jobs(store),
  };
}
