import type { BackupRequest, VmRef } from '../backup/backup-request';
import type { DiskBase, PreviousDisk, SnapshotDisk } from '../backup/choose-base';
import type { Operation } from '../compute/operation';
import type { Failure } from '../failures/failure';
import type { Job, JobDisk, JobProgress } from '../jobs/job';
import type { WindowsChanges } from '../protection/protected-vm';

/**
 * What orchestrators and activities say to one another. Everything here lands in an orchestration history: JSON-safe and small,
 * counts and names, never a SAS and never a list of ranges.
 */
export interface Activities {
  claimDueBackups: { input: { scheduledBy: string }; output: { lanes: BackupRequest[][] } };

  beginJob: { input: { jobId: string; vmKey: string }; output: Record<string, never> };
  endJob: { input: EndJob; output: Record<string, never> };

  prepareBackup: { input: BackupRequest; output: BackupPlan };
  ensureExtension: { input: OnVm & { os: Os }; output: Operation<ExtensionRecord> };
  readWindowsState: { input: OnVm; output: Operation<WindowsState> };
  recordFirstBackup: { input: FirstBackup; output: Record<string, never> };
  takeSnapshot: { input: SnapshotOrder & { token?: string }; output: Operation<Snapshot> };
  removeSnapshot: {
    input: { restorePointId: string; token?: string };
    output: Operation<{ removed: boolean }>;
  };
  listExpiredSnapshots: { input: ExpirySearch; output: { restorePointIds: string[] } };

  openDiskAccess: {
    input: { sourceId: string; access: 'Read' | 'Write'; token?: string };
    output: Operation<unknown>;
  };
  closeDiskAccess: { input: { sourceId: string; token?: string }; output: Operation<unknown> };

  planDiskTransfer: { input: DiskTransfer; output: TransferPlan };
  transferDiskPart: { input: DiskTransfer & { part: number }; output: PartCounts };
  completeDiskTransfer: { input: { jobId: string; diskId: string }; output: Record<string, never> };
  commitRecoveryPoint: { input: CommitOrder; output: { pointId: string } };

  prepareRestore: { input: RestoreRequest; output: RestorePlan };
  createRestoreDisk: {
    input: RestoreDiskOrder & { token?: string };
    output: Operation<{ resourceId: string }>;
  };
  planDiskRestore: { input: DiskRestore; output: { parts: number; bytes: number } };
  restoreDiskPart: { input: DiskRestore & { part: number }; output: { readBytes: number } };
  finishDiskRestore: { input: DiskRestore; output: Record<string, never> };
}

export type ActivityName = keyof Activities;
export type Os = 'Windows' | 'Linux';

interface OnVm {
  ref: VmRef;
  token?: string;
}

/** What a backup will do, from looking at the VM and at its newest recovery point. */
export interface BackupPlan {
  running: boolean;
  /** True until a backup has found the VM running and recorded the extension. */
  firstOnRunningVm: boolean;
  disks: { diskId: string; name: string; sizeBytes: number; resourceId: string }[];
  previous: PreviousDisk[];
}

export interface ExtensionRecord {
  name: string;
  installed: string;
  version?: string;
}

export interface WindowsState {
  vcRedist2013x64: string | null;
  vssStartMode: string | null;
  iaasVmProvider: string | null;
}

export interface FirstBackup {
  vmKey: string;
  extension: ExtensionRecord;
  windowsChanges?: WindowsChanges;
}

export type ConsistencyLevel = 'application' | 'file-system' | 'crash';

export interface SnapshotOrder {
  jobId: string;
  vmKey: string;
  ref: VmRef;
  os: Os;
  running: boolean;
  ask: ConsistencyLevel;
  /** Counts the tries of this job: each has a name of its own, so that a failed one is never taken for a good one. */
  attempt: number;
  /** Why a lower level than the policy's is asked this time. */
  fallbackReason?: string;
}

export interface Snapshot {
  restorePointId: string;
  time: string;
  consistency: { asked: string; reached: string; reason?: string };
  disks: (SnapshotDisk & { lun: number })[];
}

export interface ExpirySearch {
  vmKey: string;
  ref: VmRef;
  keepDays: number;
  newestRestorePointId?: string;
}

/** One disk of the snapshot on its way into the vault. */
export interface DiskTransfer {
  jobId: string;
  diskId: string;
  sourceId: string;
  base: DiskBase;
}

export interface TransferPlan {
  mode: 'full' | 'checksum' | 'changed-blocks';
  reason?: string;
  parts: number;
  sizeBytes: number;
  plannedBytes: number;
}

export interface PartCounts {
  readBytes: number;
  changedBytes: number;
  uploadedBytes: number;
}

/** How the transfer of one disk settled. */
export type DiskResult = { ok: true; disk: JobDisk } | { ok: false; disk: JobDisk; failure: Failure };

export interface CommitOrder {
  request: BackupRequest;
  snapshot: Snapshot;
  /** True while the snapshot stays for instant restore. */
  snapshotKept: boolean;
  plan: BackupPlan;
  disks: JobDisk[];
  windowsChanges?: WindowsChanges;
}

export interface RestoreRequest {
  jobId: string;
  vmKey: string;
  pointId: string;
  target: 'disks';
  resourceGroup?: string;
}

export interface RestorePlan {
  disks: RestoreDiskOrder[];
}

/** A new managed disk to be made from one disk of a recovery point. */
export interface RestoreDiskOrder {
  jobId: string;
  pointId: string;
  diskId: string;
  name: string;
  sizeBytes: number;
  location: string;
  subscriptionId: string;
  resourceGroup: string;
  os?: Os;
}

export interface DiskRestore {
  jobId: string;
  pointId: string;
  diskId: string;
  resourceId: string;
  sizeBytes: number;
}

/** How the restore of one disk settled. */
export type DiskRestoreResult =
  | { ok: true; disk: JobDisk; restored: { diskId: string; name: string; resourceId: string } }
  | { ok: false; disk: JobDisk; failure: Failure };

export interface EndJob {
  jobId: string;
  vmKey: string;
  state: 'Succeeded' | 'Failed';
  /** What the orchestrator showed last; becomes part of the record. */
  shown: JobProgress & Pick<Job, 'restoredDisks'>;
  disks: JobDisk[];
  error?: Failure;
}
