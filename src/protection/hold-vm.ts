import type { VmRef } from '../compute/arm/resource-id';
import { backupError } from '../failures/failure';
import type { ProtectedVm } from './protected-vm';
import type { ProtectionServices } from './protection-services';

type Vm = Pick<ProtectedVm, 'key' | 'vmId' | 'ref' | 'os'>;

/**
 * Keeps backups away from a VM while a job changes it; `releaseVm` lets go of it. The same job may hold it
 * again. A VM that is not on record is put there, without a policy. Fails with `BackupAlreadyRunning` while
 * another job holds the VM.
 */
export async function holdVm(
  { protectedVms }: Pick<ProtectionServices, 'protectedVms'>,
  { key, vmId, ref, os }: Vm,
  jobId: string,
  now: string,
): Promise<void> {
  const unknown: ProtectedVm = { key, vmId, ref, os, enrolledAt: now };
  const held = await protectedVms.update(key, (current = unknown) =>
    current.running ? undefined : { ...current, running: { jobId, since: now } },
  );
  const holder = held?.value.running?.jobId;
  if (holder !== jobId) throw backupError('BackupAlreadyRunning', `${holder} holds the VM ${key}.`);
}

/**
 * The record of the VM that a job holds. Fails with `BackupAlreadyRunning` when the job does not hold it any
 * more.
 */
export async function readHeldVm(
  { protectedVms }: Pick<ProtectionServices, 'protectedVms'>,
  { jobId, vmKey, ref }: { jobId: string; vmKey: string; ref: VmRef },
): Promise<ProtectedVm> {
  const vm = (await protectedVms.read(vmKey))?.value;
  if (vm?.running?.jobId === jobId) return vm;
  throw backupError('BackupAlreadyRunning', `${jobId} does not hold ${ref.name} any more.`);
}
