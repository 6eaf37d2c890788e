import type { Operation } from '../compute/arm/operation';
import { completeRestored } from '../compute/restore/complete-restored';
import { keepOnce } from '../jobs/kept-documents';
import { COMPLETED } from '../jobs/restore-marks';
import type { ProtectionServices } from '../protection/protection-services';
import { readToBeMade } from './restore-documents';

/**
 * The moment from which a restore counts, in one write: until then everything that it made is half-made and
 * goes with the sweep if the restore dies, from then on nothing of it does. May be repeated.
 */
export async function commitRestore(store: ProtectionServices['store'], jobId: string): Promise<void> {
  await keepOnce(store, jobId, COMPLETED, { at: await store.now() });
}

/**
 * Takes the tag of what is half-made off everything that a restore made, which outlives its documents; and
 * off the disks that it swapped out, which an earlier restore may have made.
 */
export async function completeRestore(
  { compute, store }: Pick<ProtectionServices, 'compute' | 'store'>,
  jobId: string,
  token?: string,
): Promise<Operation<{ completed: true }>> {
  const { disks, others, replacement } = await readToBeMade(store, jobId);
  const all = [...others.map((resourceId) => ({ resourceId })), ...disks, ...(replacement?.replaced ?? [])];
  return completeRestored(compute, { resourceIds: all.map(({ resourceId }) => resourceId) }, token);
}
