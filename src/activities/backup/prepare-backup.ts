import { selectDisks } from '../../backup/excluded-disks';
import { previousDisks } from '../../backup/previous-disks';
import { captureVm } from '../../backup/run-documents';
import { canTakeOver } from '../../compute/snapshots/take-over';
import { type InspectedDisk, inspectVm, type VmInspection } from '../../compute/vms/inspect';
import { backupError } from '../../failures/failure';
import type { BackupRequest } from '../../jobs/backup-request';
import type { ProtectedVm } from '../../protection/protected-vm';
import type { Services } from '../../services';
import type { BackupPlan } from '../contract';
import { registerActivity } from '../register-activity';

registerActivity('prepareBackup', async (request, services): Promise<BackupPlan> => {
  const { compute, store, protectedVms } = services;
  const known = await protectedVms.read(request.vmKey);
  if (known?.value.running?.jobId !== request.jobId) {
    throw backupError('BackupAlreadyRunning', `${request.jobId} does not hold ${request.ref.name} any more.`);
  }
  const inspection = await inspectVm(compute, request.ref);
  const { disks, excluded } = selectDisks(inspection.disks, request.policy);
  refuseObstacles(inspection, disks);
  if (inspection.vmId !== request.vmId) {
    throw backupError('VmReplaced', `${request.ref.name} is another VM now than the one that was claimed.`);
  }
  const takeOver = await leftSnapshot(compute, known.value, request, disks);
  const previous = await previousDisks(services.vault, request.vmKey);
  await captureVm({ compute, store }, request.jobId, request.ref, previous);
  return {
    running: inspection.running,
    firstOnRunningVm: inspection.running && known.value.extension === undefined,
    vssMode: known.value.vssMode ?? 'full',
    disks: disks.map(({ diskId, name, sizeBytes }) => ({ diskId, name, sizeBytes })),
    excluded,
    crashModeRefused: inspection.crashModeRefused,
    takeOver,
  };
});

/** The job whose snapshot this backup goes on with, if one was left and is good enough. */
async function leftSnapshot(
  compute: Services['compute'],
  { unfinishedSnapshot }: ProtectedVm,
  { ref, vmId, policy }: BackupRequest,
  disks: InspectedDisk[],
): Promise<string | undefined> {
  if (!unfinishedSnapshot) return undefined;
  const { jobId } = unfinishedSnapshot;
  const { ask, allowFallback } = policy.consistency;
  const wanted = { ref, vmId, jobId, disks, consistency: ask, fallbackAllowed: allowFallback };
  return (await canTakeOver(compute, wanted)) ? jobId : undefined;
}

/** What cannot be backed up is said before anything is snapshotted. */
function refuseObstacles({ obstacle, ref }: VmInspection, disks: InspectedDisk[]): void {
  if (obstacle) throw backupError(obstacle.code, `${ref.name}: ${obstacle.title}`);
  for (const disk of disks) {
    if (disk.obstacle)
      throw backupError(disk.obstacle.code, `The disk ${disk.name} of ${ref.name}: ${disk.obstacle.title}`);
  }
}
