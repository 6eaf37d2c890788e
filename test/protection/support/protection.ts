import { jobs } from '../../../src/jobs/jobs';
import { policyDocuments } from '../../../src/policies/policies';
import { type ProtectedVm, protectedVms } from '../../../src/protection/protected-vm';
import type { BlobStore } from '../../../src/storage/blob-store';
import { memoryBlobStore } from '../../../src/storage/memory-blob-store';
import { openVault } from '../../../src/vault/vault';

/** The documents of an installation in memory, with a clock that the test sets. */
export async function installation(startAt: string) {
  let time = startAt;
  const store = memoryBlobStore({ now: () => new Date(time) });
  return {
    ...installationOn(store),
    vault: await openVault(store),
    setTime(at: string) {
      time = at;
    },
  };
}

/** The documents of an installation as a process sees them that starts now. */
export const installationOn = (store: BlobStore) => ({
  store,
  jobs: jobs(store),
  policies: policyDocuments(store),
  protectedVms: protectedVms(store),
});

export const protectedVm = (key: string, change: Partial<ProtectedVm> = {}): ProtectedVm => ({
  key,
  vmId: `id-${key}`,
  ref: { subscriptionId: 's', resourceGroup: 'g', name: key },
  os: 'Linux',
  policy: 'daily',
  enrolledAt: '2026-03-01T00:00:00Z',
  ...change,
});
