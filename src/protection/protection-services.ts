import type { Compute } from '../compute/arm/connection';
import type { Collection } from '../documents/collection';
import type { Job } from '../jobs/job';
import type { BackupPolicy } from '../policies/policy';
import type { BlobStore } from '../storage/blob-store';
import type { Vault } from '../vault/vault';
import type { ProtectedVm } from './protected-vm';

/** Everything outside that the protection of VMs works with; each function names what it needs of it. */
export interface ProtectionServices {
  compute: Compute;
  store: BlobStore;
  vault: Vault;
  policies: Collection<BackupPolicy>;
  protectedVms: Collection<ProtectedVm>;
  jobs: Collection<Job>;
}
