import type { Snapshot } from '../compute/snapshot';
import type { JobDisk } from '../jobs/job';
import { pointIdOf } from '../jobs/job-id';
import type { WindowsChanges } from '../protection/protected-vm';
import type { PointDraft } from '../vault/format/manifest';
import type { DiskSummary } from '../vault/transfer/complete-disk';
import type { BackupRequest } from './backup-request';
import type { ExcludedDisks } from './excluded-disks';
import type { KeptSnapshot } from './previous-disks';

/** Everything that a backup job knows when all its disks are in the vault. */
export interface FinishedBackup {
  request: BackupRequest;
  snapshot: Snapshot;
  /** True while the snapshot stays for instant restore. */
  snapshotKept: boolean;
  transfers: { disk: JobDisk; summary: DiskSummary }[];
  windowsChanges?: WindowsChanges;
  /** Disks of the VM that the policy left out. */
  excludedDisks?: ExcludedDisks;
}

/** The recovery point of a finished backup, for the vault to commit. Fails with a plain Error when a disk of the snapshot is missing. */
export function pointDraft(backup: FinishedBackup, configuration: Record<string, unknown>): PointDraft {
  const { request, snapshot, snapshotKept, transfers, windowsChanges, excludedDisks } = backup;
  const { jobId, vmKey, vmId, ref, os, policyName, policy, retainUntil } = request;
  return {
    pointId: pointIdOf(vmKey, jobId),
    vmKey,
    runId: jobId,
    snapshotTime: snapshot.time,
    retainUntil,
    consistency: snapshot.consistency,
    vm: { vmId, ...ref, os, configuration, ...(excludedDisks?.length ? { excludedDisks } : {}) },
    disks: snapshot.disks.map((source) => {
      const transfer = transfers.find(({ disk }) => disk.diskId === source.diskId);
      if (!transfer) throw new Error(`The disk ${source.diskId} of the snapshot was not transferred.`);
      const { disk, summary } = transfer;
      return {
        ...summary,
        diskId: source.diskId,
        lun: source.lun,
        name: disk.name,
        uniqueId: source.uniqueId,
        snapshotFamily: source.familyId,
        modeReason: disk.reason,
      };
    }),
    policy: { name: policyName, ...policy },
    snapshot: snapshotKept ? { ...keptSnapshot(snapshot) } : undefined,
    windowsChanges,
  };
}

const keptSnapshot = ({ restorePointId, disks }: Snapshot): KeptSnapshot => ({
  restorePointId,
  disks: disks.map(({ diskId, sourceId, familyId }) => ({ diskId, sourceId, familyId })),
});
