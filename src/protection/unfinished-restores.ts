import { backupError } from '../failures/failure';
import type { ProtectedVm } from './protected-vm';
import type { ProtectionServices } from './protection-services';

type Vms = Pick<ProtectionServices, 'protectedVms'>;

/**
 * Notes that a restore in place is about to change the disks of a VM: until that is settled, no backup of it
 * counts. May be repeated.
 */
export async function noteUnfinished(
  { protectedVms }: Vms,
  vmKey: string,
  jobId: string,
  since: string,
): Promise<void> {
  await protectedVms.update(vmKey, (vm) => {
    if (!vm || vm.unfinishedRestores?.some((one) => one.jobId === jobId)) return undefined;
    return { ...vm, unfinishedRestores: [...(vm.unfinishedRestores ?? []), { jobId, since }] };
  });
}

/** The VM without what this restore left, or without what any restore left: its disks are of one time. */
export function withoutUnfinished(vm: ProtectedVm, jobId?: string): ProtectedVm {
  const { unfinishedRestores = [], ...rest } = vm;
  const left = jobId === undefined ? [] : unfinishedRestores.filter((one) => one.jobId !== jobId);
  return left.length === 0 ? rest : { ...rest, unfinishedRestores: left };
}

/** The restore that has left the VM half-changed; of several the newest, which has to be settled first. */
export const unfinishedRestoreOf = (vm: Pick<ProtectedVm, 'unfinishedRestores'>): string | undefined =>
  vm.unfinishedRestores?.at(-1)?.jobId;

/** Fails with `RestoreInPlaceUnfinished` while the disks of the VM may be of two times. */
export function refuseUnfinished({ ref, unfinishedRestores }: ProtectedVm): void {
  const jobId = unfinishedRestoreOf({ unfinishedRestores });
  if (jobId === undefined) return;
  throw backupError('RestoreInPlaceUnfinished', `${ref.name}: ${jobId} was changing its disks.`);
}
