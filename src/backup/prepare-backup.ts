import type { Compute } from '../compute/arm/connection';
import type { ExtensionRecord } from '../compute/guest/extension-record';
import type { VssMode } from '../compute/guest/vss-mode';
import { canTakeOver } from '../compute/snapshots/take-over';
import { type InspectedDisk, inspectVm, type VmInspection } from '../compute/vms/inspect';
import { backupError } from '../failures/failure';
import type { BackupRequest } from '../jobs/backup-request';
import type { BlobStore } from '../storage/blob-store';
import type { Vault } from '../vault/vault';
import { type ExcludedDisk, selectDisks } from './excluded-disks';
import { previousDisks } from './previous-disks';
import { captureVm } from './run-documents';

/** What a backup will do, from looking at the VM and at its newest recovery point. */
export interface BackupPlan {
  running: boolean;
  /** True until a backup has found the VM running and recorded the extension. */
  firstOnRunningVm: boolean;
  /** The VSS mode that this system set last; `full` is what Windows starts with. */
  vssMode: VssMode;
  disks: Pick<InspectedDisk, 'diskId' | 'name' | 'sizeBytes'>[];
  /** The data disks that the policy leaves out. */
  excluded: ExcludedDisk[];
  /**
   * The job whose snapshot is good enough to go on with: its disks were still being copied when that job had
   * to end.
   */
  takeOver?: string;
}

/** What earlier backups have recorded of the VM. */
export interface KnownVm {
  extension?: ExtensionRecord;
  vssMode?: VssMode;
  /** A snapshot whose disks were still being copied when its job had to end. */
  unfinishedSnapshot?: { jobId: string };
}

/**
 * Looks at the VM, and keeps its configuration and what its newest recovery point offers as base. Fails with
 * the code of the first obstacle that the VM or one of the selected disks has, and with `VmReplaced` when it
 * is another VM than the one asked for.
 */
export async function prepareBackup(
  { compute, store, vault }: { compute: Compute; store: BlobStore; vault: Vault },
  request: BackupRequest,
  known: KnownVm,
): Promise<BackupPlan> {
  const { jobId, vmKey, vmId, ref, policy } = request;
  const inspection = await inspectVm(compute, ref);
  const { disks, excluded } = selectDisks(inspection.disks, policy);
  refuseObstacles(inspection, disks);
  if (inspection.vmId !== vmId) {
    throw backupError('VmReplaced', `${ref.name} is another VM now than the one that was claimed.`);
  }
  const takeOver = await leftSnapshot(compute, known, request, disks);
  const previous = await previousDisks(vault, vmKey);
  await captureVm({ compute, store }, jobId, inspection, previous);
  return {
    running: inspection.running,
    firstOnRunningVm: inspection.running && known.extension === undefined,
    vssMode: known.vssMode ?? 'full',
    disks: disks.map(({ diskId, name, sizeBytes }) => ({ diskId, name, sizeBytes })),
    excluded,
    takeOver,
  };
}

/** The job whose snapshot this backup goes on with, if one was left and is good enough. */
async function leftSnapshot(
  compute: Compute,
  { unfinishedSnapshot }: KnownVm,
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
