import type { BackupActivities } from './backup';
import type { JobsActivities } from './jobs';
import type { MaintenanceActivities } from './maintenance';
import type { RestoreActivities } from './restore';
import type { VerificationActivities } from './verification';

export type * from './backup';
export type * from './jobs';
export type * from './maintenance';
export type * from './restore';
export type * from './verification';

/**
 * What orchestrators and activities say to one another. Everything here lands in an orchestration history:
 * JSON-safe and small, counts and names, never a SAS and never a list of ranges.
 */
export interface Activities
  extends BackupActivities,
    JobsActivities,
    MaintenanceActivities,
    RestoreActivities,
    VerificationActivities {}

export type ActivityName = keyof Activities;

/**
 * What an activity is sent: its input and the job that it works for. No time of the orchestrator's: its
 * host's clock may be days off from that of the services whose times activities look at.
 */
export interface ActivityCall<N extends ActivityName> {
  jobId: string;
  input: Activities[N]['input'];
}

/**
 * The steps that a cancelled job, or one that runs for too long, takes no more. The others clean up, and run
 * in every outcome.
 */
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
  'tagDamagedDisk',
  'finishDiskRestore',
  'createNetworkInterface',
  'createRestoredVm',
  'commitRestore',
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
 * Of those, the steps that are waited for once Azure has accepted them: what undoes them looks at the VM, and
 * might find it as it was before while Azure still changes it.
 */
export const FINISHED_ONCE_BEGUN: ReadonlySet<ActivityName> = new Set(['deallocateVm']);
