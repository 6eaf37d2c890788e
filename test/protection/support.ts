import { jobs } from '../../src/jobs/jobs';
import { policyDocuments } from '../../src/policies/policies';
import { type ProtectedVm, protectedVms } from '../../src/protection/protected-vm';
import { memoryBlobStore } from '../../src/vault/store/memory-blob-store';
import { openVault } from '../../src/vault/vault';

/** The documents of an installation in memory, with a clock that the test sets. */
export async function installation(startAt: string) {
  let time = startAt;
  const store = memoryBlobStore({ now: () => new Date(time) });
  return {
    store,
    vault: await openVault(store),
    jobs: jobs(store),
    policies: policyDocuments(store),
    protectedVms: protectedVms(store),
    setTime(at: string) {
      time = at;
    },
  };
}

export const protectedVm = (key: string, change: Partial<ProtectedVm> = {}): ProtectedVm => ({
  key,
  vmId: `id-${key}`,
  ref: { subscriptionId: 's', resourceGroup: 'g', name: key },
  os: 'Linux',
  policy: 'daily',
  enrolledAt: '2026-03-01T00:00:00Z',
  ...change,
});
