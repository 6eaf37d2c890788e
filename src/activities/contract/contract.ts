import type { ExcludedDisk } from '../../backup/excluded-disks';
import type { FinishedBackup } from '../../backup/point-draft';
import type { DiskTransfer, TransferredDisk } from '../../backup/run-documents';
import type { Operation } from '../../compute/arm/operation';
import type { VmRef } from '../../compute/arm/resource-id';
import type { EnsureExtensionInput, ExtensionRecord } from '../../compute/guest/extension';
import type { SetVssModeInput, VssMode } from '../../compute/guest/vss-mode';
import type { ReadWindowsStateInput, WindowsState } from '../../compute/guest/windows-state';
import type { CreateNetworkInterfaceInput } from '../../compute/restore/network-interface';
import type { DiscardRestoredVmInput } from '../../compute/restore/restored-vm';
import type { Snapshot } from '../../compute/snapshots/snapshot';
import type { TakeSnapshotInput } from '../../compute/snapshots/take-snapshot';
import type { InspectedDisk } from '../../compute/vms/inspect';
import type { DeallocateInput, ThisVm } from '../../compute/vms/vm-power';
import type { Failure } from '../../failures/failure';
import type { BackupRequest } from '../../jobs/backup-request';
import type { Job, JobDisk, JobProgress } from '../../jobs/job';
import type { BackupPolicy } from '../../policies/policy';
import type { WindowsChanges } from '../../protection/protected-vm';
import type { RetainedPoints, RetentionStep } from '../../protection/retain';
import type { NewVmPlan } from '../../restore/new-vm';
import type { Replacement } from '../../restore/replacement';
import type { RestoreDiskOrder } from '../../restore/restore-orders';
import type { RestoreInPlace, RestoreTarget } from '../../restore/restore-target';
import type { DiskSummary } from '../../vault/transfer/complete-disk';
import type { TransferPlan } from '../../vault/transfer/plan-transfer';
import type { VerifyReport } from '../../vault/verify';

/**
 * What orchestrators and activities say to one another. Everything here lands in an orchestration history: JSON-safe and small,
 * counts and names, never a SAS and never a list of ranges.
 */
export interface Activities {
  takeQueuedBackup: { input: { takenBy: string }; output: { request?: BackupRequest } };
  claimNextBackup: { input: { scheduledBy: string }; output: { request?: BackupRequest } };

  beginJob: { input: { jobId: string }; output: Record<string, never> };
  endJob: { input: EndJob; output: Record<string, never> };

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

  prepareRestore: { input: RestoreRequest; output: RestorePlan };
  listRestoreOrders: {
    input: { jobId: string; from: number; count: number };
    output: { orders: RestoreDiskOrder[] };
  };
  createRestoreDisk: {
    input: RestoreDiskOrder & { token?: string };
    output: Operation<{ resourceId: string }>;
  };
  planDiskRestore: { input: DiskRestore; output: { parts: number; bytes: number } };
  restoreDiskPart: { input: DiskRestore & { part: number }; output: { writtenBytes: number } };
  finishDiskRestore: { input: DiskRestore; output: Record<string, never> };
  discardRestoreDisk: {
    input: { resourceId: string; jobId: string } & Resumed;
    output: Operation<{ discarded: boolean }>;
  };

  createNetworkInterface: {
    input: CreateNetworkInterfaceInput & Resumed;
    output: Operation<{ resourceId: string }>;
  };
  createRestoredVm: { input: NewVmOrder & Resumed; output: Operation<{ resourceId: string }> };
  discardRestoredVm: { input: DiscardRestoredVmInput & Resumed; output: Operation<{ discarded: boolean }> };

  planReplacement: {
    input: { jobId: string; pointId: string; to: RestoreInPlace };
    output: Pick<Replacement, 'vm' | 'running'>;
  };
  deallocateVm: { input: DeallocateInput & Resumed; output: Operation<unknown> };
  swapDisks: { input: { jobId: string } & Resumed; output: Operation<unknown> };
  putBackDisks: { input: { jobId: string } & Resumed; output: Operation<unknown> };
  startVm: { input: ThisVm & Resumed; output: Operation<unknown> };

  prepareVerification: { input: VerificationRequest; output: { disks: VerifiedDisk[] } };
  planDiskVerification: { input: VerifiedDisk; output: { parts: number; bytes: number } };
  verifyDiskPart: { input: VerifiedDisk & { part: number }; output: VerifyReport };
  recordVerification: { input: FinishedVerification; output: Record<string, never> };
  queueVerification: { input: { pointId: string; scheduledBy: string }; output: { jobId: string } };
  listUnverified: { input: { limit: number }; output: { pointIds: string[] } };

  retainPoints: { input: RetentionStep; output: RetainedPoints };
  collectGarbage: { input: { dryRun: boolean }; output: CollectedGarbage };
  findLeftovers: { input: { at: string }; output: Leftovers };
}

export type ActivityName = keyof Activities;

/** What an activity is sent: its input, the job that it works for, and the orchestrator's time. */
export interface ActivityCall<N extends ActivityName> {
  jobId: string;
  /** ISO 8601 UTC; the same again when the orchestrator is replayed. */
  at: string;
  input: Activities[N]['input'];
}

/** The steps that a cancelled job, or one that runs for too long, takes no more. The others clean up, and run in every outcome. */
export const STOPPABLE: ReadonlySet<ActivityName> = new Set([
  'prepareBackup',
  'ensureExtension',
  'readWindowsState',
  'setVssMode',
  'takeSnapshot',
  'listTransfers',
  'openDiskAccess',
  'planDiskTransfer',
  'transferDiskPart',
  'completeDiskTransfer',
  'prepareRestore',
  'listRestoreOrders',
  'createRestoreDisk',
  'planDiskRestore',
  'restoreDiskPart',
  'finishDiskRestore',
  'createNetworkInterface',
  'createRestoredVm',
  'planReplacement',
  'deallocateVm',
  'swapDisks',
  'prepareVerification',
  'planDiskVerification',
  'verifyDiskPart',
  'retainPoints',
  'collectGarbage',
]);

/**
 * Of those, the steps that are waited for once Azure has accepted them: what undoes them looks at the VM, and might find it as it was
 * before while Azure still changes it.
 */
export const FINISHED_ONCE_BEGUN: ReadonlySet<ActivityName> = new Set(['deallocateVm']);

/** A long-running operation that has begun goes on with the token of its last answer. */
interface Resumed {
  token?: string;
}

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
  /** Why Azure would refuse a crash-consistent restore point of this VM. */
  crashModeRefused?: string;
}

/** The snapshot of a backup without the ids of its disks, which are kept as a document of the run. */
export interface TakenSnapshot extends Pick<Snapshot, 'restorePointId' | 'consistency'> {
  diskIds: string[];
}

/** What is remembered of the guest from one backup to the next; what is absent stays as it is. */
export interface GuestRecord {
  vmKey: string;
  extension?: ExtensionRecord;
  windowsChanges?: WindowsChanges;
  vssMode?: VssMode;
}

export interface ExpirySearch {
  vmKey: string;
  ref: VmRef;
  vmId: string;
  keepDays: number;
  newestRestorePointId?: string;
}

export interface PartCounts {
  readBytes: number;
  changedBytes: number;
  uploadedBytes: number;
}

/** How the transfer of one disk settled. */
export type DiskResult =
  | { ok: true; disk: JobDisk; summary: DiskSummary }
  | { ok: false; disk: JobDisk; failure: Failure };

export interface RestoreRequest {
  jobId: string;
  vmKey: string;
  pointId: string;
  to: RestoreTarget;
}

export interface RestorePlan {
  diskIds: string[];
  /** Present for a restore to a new VM. */
  newVm?: NewVmPlan;
  warnings: string[];
}

/** The new VM, once its disks are there. */
export interface NewVmOrder extends Pick<NewVmPlan, 'ref' | 'networkInterfaceId'> {
  jobId: string;
  pointId: string;
  keepBackupTag: boolean;
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
  /** `discarded`: what was made of the new disk is gone. */
  | { ok: false; disk: JobDisk; failure: Failure; discarded: boolean };

export interface VerificationRequest {
  jobId: string;
  pointId: string;
}

/** One disk of a recovery point that is read back and checked. */
export interface VerifiedDisk {
  jobId: string;
  pointId: string;
  diskId: string;
  name: string;
  sizeBytes: number;
}

/** What a verification found, for the evidence that is kept beside the point. */
export interface FinishedVerification extends VerificationRequest {
  disks: ({ diskId: string } & VerifyReport)[];
}

export interface CollectedGarbage {
  purgedPoints: number;
  freedBlobs: number;
  freedBytes: number;
}

/** What interrupted or expired work left in Azure; the rest is found the next time. */
export interface Leftovers {
  restorePointIds: string[];
  /** Disks of restores that never got all their bytes. */
  openDisks: { resourceId: string; jobId: string }[];
}

export interface EndJob {
  jobId: string;
  /** Absent for maintenance. */
  vmKey?: string;
  state: 'Succeeded' | 'Failed' | 'Cancelled';
  /** What the orchestrator showed last; becomes part of the record. */
  shown: JobProgress & Pick<Job, 'restoredVm'>;
  disks: JobDisk[];
  /** Of a scheduled backup, to tell when a failed one is tried again. */
  policy?: BackupPolicy;
  error?: Failure;
}
