/** The documents of the HTTP API, as far as its clients here read them. Sizes in bytes, times ISO 8601 UTC. */

export interface VmDescription {
  key: string;
  name: string;
  resourceGroup: string;
  os: 'Windows' | 'Linux';
  powerState: string;
  policy?: string;
  disks: { diskId: string; lun: number; name: string; sizeBytes?: number }[];
  lastRecoveryPoint?: { id: string; time: string };
  nextRun?: string;
  runningJob?: string;
}

export interface Policy {
  schedule: { frequency: 'daily'; times: string[]; timeZone: string };
  instantRestoreDays?: number;
  retention?: { daily?: number; weekly?: number; monthly?: number; yearly?: number };
  consistency?: { ask?: 'application' | 'file-system' | 'crash'; allowFallback?: boolean };
}

export interface JobDisk {
  diskId: string;
  name: string;
  sizeBytes: number;
  state: 'waiting' | 'running' | 'done' | 'failed';
  /** How changes were found; absent until that is decided. */
  mode?: 'full' | 'checksum' | 'changed-blocks';
  reason?: string;
  plannedBytes: number;
  readBytes: number;
  changedBytes: number;
  uploadedBytes: number;
}

/** Nothing about the job will change any more. */
export const isOver = ({ state }: Job): boolean => state !== 'Queued' && state !== 'Running';

export interface JobError {
  step: string;
  code: string;
  message: string;
  remedy: string;
  retryable: boolean;
}

export interface Job {
  id: string;
  kind: 'backup' | 'restore' | 'verification' | 'maintenance';
  vm: string;
  vmName: string;
  state: 'Queued' | 'Running' | 'Succeeded' | 'Failed' | 'Cancelled';
  phase?: string;
  trigger: 'schedule' | 'on-demand';
  createdAt: string;
  startedAt?: string;
  endedAt?: string;
  extension?: { name: string; installed: string; version?: string; reason?: string };
  windowsChanges?: { what: string; before: string | null; after: string | null }[];
  consistency?: { asked: string; reached: string; reason?: string };
  disks: JobDisk[];
  warnings: string[];
  error?: JobError;
  recoveryPoint?: string;
  restoredDisks?: RestoredDisk[];
  restoredVm?: { name: string; resourceGroup: string; resourceId: string };
  /** What a restore in place swapped out; it is kept. */
  replacedDisks?: RestoredDisk[];
}

export interface RestoredDisk {
  diskId: string;
  name: string;
  resourceId: string;
}

/** What a restore makes: new disks, a new VM of them, or the VM as it was. */
export type RestoreTarget =
  | { target: 'disks'; resourceGroup?: string }
  | {
      target: 'vm';
      name: string;
      resourceGroup?: string;
      network: { interface: string } | { subnet: string };
      keepBackupTag?: boolean;
    }
  | { target: 'replace'; deallocate?: boolean };

export interface RecoveryPoint {
  id: string;
  time: string;
  consistency: { asked: string; reached: string; reason?: string };
  /** Before compression. */
  uploadedBytes: number;
  /** What the upload takes in the vault, after compression. */
  storedBytes: number;
}
