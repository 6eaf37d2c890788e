import type { WindowsChanges } from '../compute/guest/windows-changes';
import type { Snapshot } from '../compute/snapshots/snapshot';
import { brokenInvariant } from '../failures/failure';
import type { BackupRequest } from '../jobs/backup-request';
import { pointIdOf } from '../jobs/job-id';
import type { PointDraft } from '../vault/format/manifest';
import type { ExcludedDisks } from './excluded-disks';
import { pointWarnings } from './point-warnings';
import type { KeptSnapshot } from './previous-disks';
import type { TransferredDisk } from './run-documents';

/**
 * What a backup job knows when all its disks are in the vault, beside what it kept as documents of its run.
 */
export interface FinishedBackup {
  request: BackupRequest;
  /** True while the snapshot stays for instant restore. */
  snapshotKept: boolean;
  windowsChanges?: WindowsChanges;
  /** Disks of the VM that the policy left out. */
  excludedDisks?: ExcludedDisks;
}

interface Run {
  configuration: Record<string, unknown>;
  snapshot: Snapshot;
  transfers: TransferredDisk[];
}

/**
 * The recovery point of a finished backup, for the vault to commit. Fails with `BrokenInvariant` when a disk
 * of the snapshot is missing.
 */
export function pointDraft(backup: FinishedBackup, { configuration, snapshot, transfers }: Run): PointDraft {
  const { request, snapshotKept, windowsChanges, excludedDisks } = backup;
  const { jobId, vmKey, vmId, ref, os, policyName, policy, retainUntil } = request;
  const warnings = pointWarnings(configuration, excludedDisks);
  return {
    pointId: pointIdOf(vmKey, jobId),
    vmKey,
    runId: jobId,
    snapshotTime: snapshot.time,
    retainUntil,
    consistency: snapshot.consistency,
    vm: { vmId, ...ref, os, configuration, ...(excludedDisks?.length ? { excludedDisks } : {}) },
    disks: snapshot.disks.map((source) => {
      const transfer = transfers.find(({ diskId }) => diskId === source.diskId);
      if (!transfer) throw brokenInvariant(`The disk ${source.diskId} of the snapshot was not transferred.`);
      return {
        ...transfer.summary,
        diskId: source.diskId,
        lun: source.lun,
        name: transfer.name,
        uniqueId: source.uniqueId,
        snapshotFamily: source.familyId,
        modeReason: transfer.reason,
      };
    }),
    policy: { name: policyName, ...policy },
    snapshot: snapshotKept ? { ...keptSnapshot(snapshot) } : undefined,
    windowsChanges,
    warnings: warnings.length > 0 ? warnings : undefined,
  };
}

const keptSnapshot = ({ restorePointId, disks }: Snapshot): KeptSnapshot => ({
  restorePointId,
  disks: disks.map(({ diskId, sourceId, familyId }) => ({ diskId, sourceId, familyId })),
});
