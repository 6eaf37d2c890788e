import { backupError } from '../failures/failure';
import type { Services } from '../services';

/**
 * Keeps backups away from a VM while a job changes it; `releaseVm` lets go of it. The same job may hold it again. A VM that is not on
 * record has no backups to keep away. Fails with `BackupAlreadyRunning` while another job holds the VM.
 */
export async function holdVm(
  { protectedVms }: Pick<Services, 'protectedVms'>,
  vmKey: string,
  jobId: string,
  now: string,
): Promise<void> {
  const held = await protectedVms.update(vmKey, (current) =>
    current && !current.running ? { ...current, running: { jobId, since: now } } : undefined,
  );
  const holder = held?.value.running?.jobId;
  if (held && holder !== jobId) throw backupError('BackupAlreadyRunning', `${holder} holds the VM ${vmKey}.`);
}
