import type { FinishedBackup } from '../../backup/point-draft';
import type { BackupPlan } from '../../backup/prepare-backup';
import type { DiskTransfer, TransferredDisk } from '../../backup/run-documents';
import type { Operation } from '../../compute/arm/operation';
import type { VmRef } from '../../compute/arm/resource-id';
import type { EnsureExtensionInput } from '../../compute/guest/extension';
import type { ExtensionRecord } from '../../compute/guest/extension-record';
import type { SetVssModeInput, VssMode } from '../../compute/guest/vss-mode';
import type { WindowsChanges, WindowsState } from '../../compute/guest/windows-changes';
import type { ReadWindowsStateInput } from '../../compute/guest/windows-state';
import type { Snapshot } from '../../compute/snapshots/snapshot';
import type { TakeSnapshotInput } from '../../compute/snapshots/take-snapshot';
import type { MovedBytes } from '../../disks/disk-bytes';
import type { Failure } from '../../failures/failure';
import type { BackupRequest } from '../../jobs/backup-request';
import type { JobDisk } from '../../jobs/job';
import type { ExpirySearch } from '../../protection/snapshot-lifetime';
import type { DiskSummary } from '../../vault/transfer/complete-disk';
import type { TransferPlan } from '../../vault/transfer/plan-transfer';
import type { Resumed } from './resumed';

/** The activities of backups. */
export interface BackupActivities {
  takeQueuedBackup: { input: { takenBy: string }; output: { request?: BackupRequest } };
  claimNextBackup: { input: { scheduledBy: string }; output: { request?: BackupRequest } };
  prepareBackup: { input: BackupRequest; output: BackupPlan };
  ensureExtension: { input: EnsureExtensionInput & Resumed; output: Operation<ExtensionRecord> };
  readWindowsState: { input: ReadWindowsStateInput & Resumed; output: Operation<WindowsState> };
  setVssMode: { input: SetVssModeInput & Resumed; output: Operation<{ mode: VssMode }> };
  recordGuest: { input: GuestRecord; output: Record<string, never> };
  takeSnapshot: { input: TakeSnapshotInput & Resumed; output: Operation<TakenSnapshot> };
  removeSnapshot: {
    input: { restorePointId: string; token?: string };
    output: Operation<{ removed: boolean }>;
  };
  listJobSnapshots: {
    input: { ref: VmRef; vmId: string; jobId: string };
    output: { restorePointIds: string[] };
  };
  listExpiredSnapshots: { input: ExpirySearch; output: { restorePointIds: string[] } };
  listTransfers: {
    input: { jobId: string; from: number; count: number };
    output: { transfers: DiskTransfer[] };
  };
  openDiskAccess: {
    input: { sourceId: string; access: 'Read' | 'Write'; token?: string };
    output: Operation<unknown>;
  };
  closeDiskAccess: { input: { sourceId: string } & Resumed; output: Operation<unknown> };
  planDiskTransfer: { input: DiskTransfer; output: TransferPlan };
  transferDiskPart: { input: DiskTransfer & { part: number }; output: PartCounts };
  completeDiskTransfer: { input: { jobId: string; diskId: string }; output: DiskSummary };
  noteTransfers: {
    input: { jobId: string; page: number; disks: TransferredDisk[] };
    output: Record<string, never>;
  };
  commitRecoveryPoint: { input: FinishedBackup & { pages: number }; output: { pointId: string } };
}

/** What a lane is given: its place among the lanes. Also what it starts its next history with. */
export interface LaneInput {
  lane: number;
  /** True from the second history on. */
  underWay?: boolean;
}

/** The snapshot of a backup without the ids of its disks, which are kept as a document of the run. */
export interface TakenSnapshot extends Pick<Snapshot, 'restorePointId' | 'consistency'> {
  diskIds: string[];
  /**
   * Where Azure took its time to copy the disks: the job whose name the snapshot bears, for one that goes on
   * with it.
   */
  slowCopyOf?: string;
}

/** What is remembered of the guest from one backup to the next; what is absent stays as it is. */
export interface GuestRecord {
  vmKey: string;
  extension?: ExtensionRecord;
  windowsChanges?: WindowsChanges;
  vssMode?: VssMode;
}

/** What a part came to. */
export type PartCounts = MovedBytes;

/** How the transfer of one disk settled. */
export type DiskResult =
  | { ok: true; disk: JobDisk; summary: DiskSummary }
  | { ok: false; disk: JobDisk; failure: Failure };
