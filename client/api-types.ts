// Made from docs/openapi.json by npm run docs:api; change the API or tools/api-types instead.

export interface Accepted {
  job: string;
}

export interface BackupExtension {
  name: string;
  installed: 'already' | 'installed' | 'by-platform' | 'skipped-not-running';
  version?: string;
  reason?: string;
}

export interface BackupPolicy {
  schedule: Schedule;
  /** By default `false`. */
  paused?: boolean;
  /** By default `{"daily":30}`. */
  retention?: Retention;
  /** By default `0`. */
  instantRestoreDays?: number;
  /** By default `{}`. */
  consistency?: {
    /** By default `"application"`. */
    ask?: ConsistencyLevel;
    /** By default `true`. */
    allowFallback?: boolean;
    /** By default `"full"`. */
    vss?: 'full' | 'copy-only';
  };
  disks?: DiskSelection;
  /** By default `"fail"`. */
  unsupportedDisks?: 'fail' | 'skip';
}

export type ConsistencyLevel = 'application' | 'file-system' | 'crash';

export type DiskSelection =
  | {
      onlyLuns: number[];
    }
  | {
      exceptLuns: number[];
    };

export interface ExcludedDisk {
  lun: number;
  name: string;
  reason?: string;
}

export interface Failure {
  step: string;
  code: string;
  message: string;
  remedy: string;
  retryable: boolean;
  retryAfterSeconds?: number;
}

export interface Job {
  id: string;
  kind: JobKind;
  vm?: string;
  vmName?: string;
  state: JobState;
  phase?: string;
  phases?: JobPhase[];
  policy?: string;
  trigger: 'schedule' | 'on-demand';
  createdAt: string;
  startedAt?: string;
  endedAt?: string;
  cancelRequestedAt?: string;
  extension?: BackupExtension;
  windowsChanges?: WindowsChange[];
  consistency?: JobConsistency;
  disks: JobDisk[];
  warnings: string[];
  error?: Failure;
  recoveryPoint?: string;
  retainUntil?: string;
  nextTryAt?: string;
  bytesPerSecond?: number;
  secondsLeft?: number;
  maintenance?: MaintenanceResult;
  target?: 'disks' | 'vm' | 'replace';
  restoredDisks?: RestoredDisk[];
  restoredVm?: {
    name: string;
    resourceGroup: string;
    resourceId: string;
  };
  replacedDisks?: RestoredDisk[];
  /** Size of the disk. */
  logicalBytes: number;
  /**
   * Blocks of 4 KiB whose content differs from the previous recovery point, those that were cleared
   * included; from a disk of zeros where there is none. The same however the changes were found. Of
   * what the previous point has damaged, whatever had to be looked at counts as changed.
   */
  changedBytes: number;
  /** The part of changedBytes that was cleared: it was not zeros before and is now. */
  zeroedBytes: number;
  /**
   * Read: by a backup from the snapshot; by a restore or a verification from the vault, as long as
   * it is on the disk.
   */
  readBytes: number;
  /**
   * Sent to the vault as content, compressed, as it went over the wire; what somebody else had
   * stored first, after it was sent, is in it. Without what a try that was killed had sent.
   */
  sentBytes: number;
  /**
   * New in the vault, compressed: the sizes of the blobs that are there because of this backup. What
   * was there already, or was stored by another backup first, counts there and not here.
   */
  storedBytes: number;
}

export interface JobConsistency {
  asked: string;
  reached: string;
  reason?: string;
}

export interface JobDisk {
  diskId: string;
  name: string;
  sizeBytes: number;
  state: 'waiting' | 'running' | 'done' | 'failed';
  mode?: TransferMode;
  reason?: string;
  /** How far readBytes will come. */
  plannedBytes: number;
  /** Size of the disk. */
  logicalBytes: number;
  /**
   * Blocks of 4 KiB whose content differs from the previous recovery point, those that were cleared
   * included; from a disk of zeros where there is none. The same however the changes were found. Of
   * what the previous point has damaged, whatever had to be looked at counts as changed.
   */
  changedBytes: number;
  /** The part of changedBytes that was cleared: it was not zeros before and is now. */
  zeroedBytes: number;
  /**
   * Read: by a backup from the snapshot; by a restore or a verification from the vault, as long as
   * it is on the disk.
   */
  readBytes: number;
  /**
   * Sent to the vault as content, compressed, as it went over the wire; what somebody else had
   * stored first, after it was sent, is in it. Without what a try that was killed had sent.
   */
  sentBytes: number;
  /**
   * New in the vault, compressed: the sizes of the blobs that are there because of this backup. What
   * was there already, or was stored by another backup first, counts there and not here.
   */
  storedBytes: number;
  /** Which copy a restore reads: the kept snapshot, in Azure itself, or the vault. */
  from?: 'snapshot' | 'vault';
  damage?: {
    /** Bytes of the disk that cannot be restored. */
    bytes: number;
    /** In so many ranges; GET /jobs/{job}/damage lists all of them. */
    ranges: number;
    /** The first of these ranges, in bytes. */
    first: {
      offset: number;
      length: number;
    }[];
  };
  error?: Failure;
}

export type JobKind = 'backup' | 'restore' | 'verification' | 'maintenance';

export interface JobPhase {
  phase: string;
  startedAt: string;
  endedAt?: string;
}

export type JobState = 'Queued' | 'Running' | 'Succeeded' | 'Failed' | 'Cancelled';

export interface MaintenanceResult {
  dryRun: boolean;
  expiredPoints: number;
  expired: string[];
  skipped: {
    vm: string;
    reason: string;
  }[];
  /** Deleted points whose grace had ended: they are gone for good. */
  purgedPoints: number;
  /** Blobs of content and documents of runs that nothing needs, and that were deleted. */
  freedBlobs: number;
  /** What they took, as stored. */
  freedBytes: number;
  /** As well needed by no point, but young enough that a running backup may want them. */
  youngBlobs: number;
  /** What these take, as stored. */
  youngBytes: number;
  /** When the last of them is old enough to go. */
  youngUntil?: string;
  /** Deleted points in their grace period, those that this run deleted included. */
  waitingPoints: number;
  /** Blobs that only they need: they stay until the grace period ends. */
  waitingBlobs: number;
  /** What these take, as stored. */
  waitingBytes: number;
  /** When the last of these grace periods ends. */
  waitingUntil?: string;
}

export interface PointConsistency {
  asked: ConsistencyLevel;
  reached: ConsistencyLevel;
  reason?: string;
}

export interface PointDescription {
  id: string;
  vm: string;
  time: string;
  consistency: PointConsistency;
  /**
   * Where the point can be restored from now: the vault, or its kept snapshot as well while Azure
   * has it.
   */
  tier: 'vault' | 'snapshot+vault';
  policy?: string;
  job: string;
  /** Until when retention keeps it at least: as a backup on demand asked, or as it was moved since. */
  retainUntil?: string;
  /** Present while the point is held: nobody deletes it. */
  hold?: {
    reason: string;
    since: string;
  };
  /** Present for a deleted point that can still be undeleted. */
  deleted?: {
    at: string;
    by: 'api' | 'retention';
    reason: string;
    undeleteUntil: string;
  };
  /** Size of the disk. */
  logicalBytes: number;
  /**
   * Blocks of 4 KiB whose content differs from the previous recovery point, those that were cleared
   * included; from a disk of zeros where there is none. The same however the changes were found. Of
   * what the previous point has damaged, whatever had to be looked at counts as changed.
   */
  changedBytes: number;
  /** The part of changedBytes that was cleared: it was not zeros before and is now. */
  zeroedBytes: number;
  /**
   * Read: by a backup from the snapshot; by a restore or a verification from the vault, as long as
   * it is on the disk.
   */
  readBytes: number;
  /**
   * Sent to the vault as content, compressed, as it went over the wire; what somebody else had
   * stored first, after it was sent, is in it. Without what a try that was killed had sent.
   */
  sentBytes: number;
  /**
   * New in the vault, compressed: the sizes of the blobs that are there because of this backup. What
   * was there already, or was stored by another backup first, counts there and not here.
   */
  storedBytes: number;
  disks: PointDisk[];
  partial: boolean;
  excludedDisks?: ExcludedDisk[];
  warnings?: string[];
}

export interface PointDisk {
  diskId: string;
  lun: number;
  name: string;
  sizeBytes: number;
  /** Size of the disk. */
  logicalBytes: number;
  /**
   * Blocks of 4 KiB whose content differs from the previous recovery point, those that were cleared
   * included; from a disk of zeros where there is none. The same however the changes were found. Of
   * what the previous point has damaged, whatever had to be looked at counts as changed.
   */
  changedBytes: number;
  /** The part of changedBytes that was cleared: it was not zeros before and is now. */
  zeroedBytes: number;
  /**
   * Read: by a backup from the snapshot; by a restore or a verification from the vault, as long as
   * it is on the disk.
   */
  readBytes: number;
  /**
   * Sent to the vault as content, compressed, as it went over the wire; what somebody else had
   * stored first, after it was sent, is in it. Without what a try that was killed had sent.
   */
  sentBytes: number;
  /**
   * New in the vault, compressed: the sizes of the blobs that are there because of this backup. What
   * was there already, or was stored by another backup first, counts there and not here.
   */
  storedBytes: number;
  /**
   * In use: what the snapshot had allocated of the disk. Absent where only what changed was listed,
   * with changed-block tracking.
   */
  allocatedBytes?: number;
  /**
   * How its changes were found: `full`, everything that is allocated was read; `checksum`, it was
   * read and compared with the base; `changed-blocks`, Azure told what changed.
   */
  mode: TransferMode;
  /** Why not in a faster way. */
  modeReason?: string;
  /** The recovery point that it was compared with. */
  basePoint?: string;
}

export interface PolicyView {
  name: string;
  schedule: Schedule;
  paused: boolean;
  retention: Retention;
  instantRestoreDays: number;
  consistency: {
    ask: ConsistencyLevel;
    allowFallback: boolean;
    vss: 'full' | 'copy-only';
  };
  disks?: DiskSelection;
  unsupportedDisks: 'fail' | 'skip';
}

export interface Problem {
  status: number;
  code: string;
  title: string;
  detail: string;
  remedy: string;
  field?: string;
  faults?: {
    field: string;
    detail: string;
  }[];
  [other: string]: unknown;
}

export interface ProtectionView {
  vm: string;
  state: 'protected' | 'stopped' | 'none';
  policy?: string;
  protectedBy?: 'tag' | 'api';
  stoppedAt?: string;
  data?: 'retain' | 'delete';
  /** The restore in place that has left the VM half-changed: no backup runs until that is settled. */
  unfinishedRestore?: string;
  /** Why the VM is not protected although it names a policy. */
  problem?: string;
}

export interface RefusedPoint {
  pointId: string;
  failure: {
    code: string;
    message: string;
    remedy: string;
    [other: string]: unknown;
  };
}

export type RestoreTarget =
  | {
      target: 'disks';
      /**
       * Whether damage refuses the restore, or is left as zeros that job and disk tags name.
       * By default `"refuse"`.
       */
      damaged?: 'refuse' | 'skip';
      /**
       * Which copy to read: `vault` reads the vault even where the kept snapshot would be faster. By
       * default the kept snapshot while Azure has it, and otherwise the vault.
       */
      from?: 'vault';
      /** Where the new disks go; by default the resource group of the VM they came from. */
      resourceGroup?: string;
      /** The zone of what is made; by default the one that it was in. */
      zone?: string;
      /** Which disks of the point; by default all of them. A VM cannot be made without "os". */
      disks?: string[];
      /** Types of the new disks, by disk, as {"os": "Premium_LRS"}; by default what they were. */
      skus?: Record<string, string>;
      /** Tags that everything that is made gets, beside those that it had. */
      tags?: Record<string, string>;
      /** Id of the disk encryption set whose keys the new disks get. */
      encryptionSet?: string;
      /**
       * Whether what protected the original may be missing where it cannot be restored.
       * By default `false`.
       */
      allowLessProtected?: boolean;
    }
  | {
      target: 'vm';
      /**
       * Whether damage refuses the restore, or is left as zeros that job and disk tags name.
       * By default `"refuse"`.
       */
      damaged?: 'refuse' | 'skip';
      /**
       * Which copy to read: `vault` reads the vault even where the kept snapshot would be faster. By
       * default the kept snapshot while Azure has it, and otherwise the vault.
       */
      from?: 'vault';
      /** Name of the new VM, which must not exist; by default that of the VM of the point. */
      name?: string;
      /** Where the new VM and its disks go; by default the resource group of the VM they came from. */
      resourceGroup?: string;
      /** How the new VM is connected; by default as the VM of the point was. */
      network?:
        | {
            /** Id of a network interface that no VM uses; the new VM has only this one. */
            interface: string;
          }
        | {
            /** Id of the subnet in which the network interfaces are made; by default those they were in. */
            subnet?: string;
            /** Id of the network security group that they get instead of their own. */
            securityGroup?: string;
          };
      /** Size of the new VM, for example Standard_D4s_v5; by default what it was. */
      size?: string;
      /** The zone of what is made; by default the one that it was in. */
      zone?: string;
      /**
       * Whether the new VM runs. Azure starts every VM that it makes: with false it is switched off at
       * once.
       * By default `true`.
       */
      start?: boolean;
      /**
       * Whether the new VM keeps the tag that protects it; it would be backed up at once.
       * By default `false`.
       */
      keepBackupTag?: boolean;
      /** Which disks of the point; by default all of them. A VM cannot be made without "os". */
      disks?: string[];
      /** Types of the new disks, by disk, as {"os": "Premium_LRS"}; by default what they were. */
      skus?: Record<string, string>;
      /** Tags that everything that is made gets, beside those that it had. */
      tags?: Record<string, string>;
      /** Id of the disk encryption set whose keys the new disks get. */
      encryptionSet?: string;
      /**
       * Whether what protected the original may be missing where it cannot be restored.
       * By default `false`.
       */
      allowLessProtected?: boolean;
    }
  | {
      target: 'replace';
      /**
       * Whether damage refuses the restore, or is left as zeros that job and disk tags name.
       * By default `"refuse"`.
       */
      damaged?: 'refuse' | 'skip';
      /**
       * Which copy to read: `vault` reads the vault even where the kept snapshot would be faster. By
       * default the kept snapshot while Azure has it, and otherwise the vault.
       */
      from?: 'vault';
      /**
       * Whether a VM that runs is deallocated, and started again afterwards.
       * By default `false`.
       */
      deallocate?: boolean;
      /**
       * Whether a VM that ran is started again.
       * By default `true`.
       */
      start?: boolean;
      /** Which disks of the point; by default all of them. A VM cannot be made without "os". */
      disks?: string[];
      /** Types of the new disks, by disk, as {"os": "Premium_LRS"}; by default what they were. */
      skus?: Record<string, string>;
      /** Tags that everything that is made gets, beside those that it had. */
      tags?: Record<string, string>;
      /** Id of the disk encryption set whose keys the new disks get. */
      encryptionSet?: string;
      /**
       * Whether what protected the original may be missing where it cannot be restored.
       * By default `false`.
       */
      allowLessProtected?: boolean;
    };

export interface RestoredDisk {
  diskId: string;
  name: string;
  resourceId: string;
}

export interface Retention {
  daily?: number;
  weekly?: number;
  monthly?: number;
  yearly?: number;
  last?: number;
  rules?: {
    weekdays?: ('monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday')[];
    weeks?: ('first' | 'second' | 'third' | 'fourth' | 'last')[];
    daysOfMonth?: (number | 'last')[];
    months?: (
      | 'january'
      | 'february'
      | 'march'
      | 'april'
      | 'may'
      | 'june'
      | 'july'
      | 'august'
      | 'september'
      | 'october'
      | 'november'
      | 'december'
    )[];
    points?: 'all' | 'last';
    keepFor:
      | {
          days: number;
        }
      | {
          weeks: number;
        }
      | {
          months: number;
        }
      | {
          years: number;
        };
  }[];
}

export type Schedule =
  | {
      frequency: 'daily';
      times: string[];
      timeZone: string;
    }
  | {
      frequency: 'weekly';
      days: ('monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday')[];
      times: string[];
      timeZone: string;
      every?: number;
      inWeekOf?: string;
    }
  | {
      frequency: 'hourly';
      every: number;
      window: {
        start: string;
        hours: number;
      };
      timeZone: string;
    };

export type TransferMode = 'full' | 'checksum' | 'changed-blocks';

export interface UnreadSubscription {
  subscriptionId: string;
  problem: string;
}

export interface VmDescription {
  key: string;
  name: string;
  resourceGroup: string;
  subscriptionId: string;
  location?: string;
  os: 'Windows' | 'Linux';
  powerState: string;
  disks: VmDisk[];
  policy?: string;
  /** `protected` only where the policy that the VM names is there; otherwise `problem` says so. */
  protection: 'protected' | 'stopped' | 'none';
  protectedBy?: 'tag' | 'api';
  orphaned: boolean;
  unfinishedRestore?: string;
  problem?: string;
  lastRecoveryPoint?: {
    id: string;
    time: string;
  };
  refusedPoints?: RefusedPoint[];
  nextRun?: string;
  runningJob?: string;
}

export interface VmDisk {
  diskId: string;
  lun: number;
  name: string;
  sizeBytes?: number;
}

export interface WindowsChange {
  what: 'vcRedist2013x64' | 'vssStartMode' | 'iaasVmProvider';
  before: string | null;
  after: string | null;
}

/** What each operation takes and gives, by its id. */
export interface Operations {
  /**
   * Cancels a job at whatever step it is; everything that it made is cleaned up.
   * `POST /jobs/{job}/cancel`
   */
  cancelJob: {
    params: {
      /** Id of a job, as GET /jobs lists it */
      job: string;
    };
    headers: {
      /** A repeat with the same key answers as the first request did, and starts nothing again. */
      'Idempotency-Key'?: string;
    };
    answer: Accepted;
  };

  /**
   * Deletes a policy that protects no VM; a changed preset becomes the preset again.
   * `DELETE /policies/{policy}`
   */
  deletePolicy: {
    params: {
      /** Name of a policy */
      policy: string;
    };
    query: {
      confirm?: number;
    };
    headers: {
      /** Only change the version with this ETag; otherwise 412. */
      'If-Match'?: string;
    };
    answer: undefined;
  };

  /**
   * Stops the protection of a VM; its points are retained, or deleted with a grace period, all but
   * those that are held.
   * `DELETE /vms/{vm}/protection`
   */
  deleteProtection: {
    params: {
      /** Key of a VM, as GET /vms lists it */
      vm: string;
    };
    query: {
      /** By default `"retain"`. */
      data?: 'retain' | 'delete';
    };
    headers: {
      /** Only change the version with this ETag; otherwise 412. */
      'If-Match'?: string;
    };
    answer: {
      vm: string;
      state: 'protected' | 'stopped' | 'none';
      policy?: string;
      protectedBy?: 'tag' | 'api';
      stoppedAt?: string;
      data?: 'retain' | 'delete';
      /** The restore in place that has left the VM half-changed: no backup runs until that is settled. */
      unfinishedRestore?: string;
      /** Why the VM is not protected although it names a policy. */
      problem?: string;
      deletedPoints: number;
      heldPoints: string[];
    };
  };

  /**
   * Deletes a recovery point; it can be undeleted until its grace period ends. With dryRun it only
   * says what that frees, and from when.
   * `DELETE /recovery-points/{point}`
   */
  deleteRecoveryPoint: {
    params: {
      /** Id of a recovery point, as its VM lists it */
      point: string;
    };
    query: {
      /** By default `"false"`. */
      dryRun?: 'true' | 'false';
    };
    answer: {
      id: string;
      dryRun: boolean;
      /** Absent for a dry run. */
      deletedAt?: string;
      undeleteUntil: string;
      /**
       * With dryRun: what no other point needs, as stored. It is free after freesFrom, with the next
       * maintenance.
       */
      freesBytes?: number;
      freesBlobs?: number;
      freesFrom: string;
    };
  };

  /**
   * A job: phases, bytes of each disk, rate, warnings, and what went wrong.
   * `GET /jobs/{job}`
   */
  getJob: {
    params: {
      /** Id of a job, as GET /jobs lists it */
      job: string;
    };
    answer: Job;
  };

  /**
   * A policy; its ETag serves to change just this version.
   * `GET /policies/{policy}`
   */
  getPolicy: {
    params: {
      /** Name of a policy */
      policy: string;
    };
    answer: PolicyView;
  };

  /**
   * How a VM is protected; the ETag serves to change just this.
   * `GET /vms/{vm}/protection`
   */
  getProtection: {
    params: {
      /** Key of a VM, as GET /vms lists it */
      vm: string;
    };
    answer: ProtectionView;
  };

  /**
   * One recovery point; of a deleted one 410, with when, by whom, and until when it can be
   * undeleted.
   * `GET /recovery-points/{point}`
   */
  getRecoveryPoint: {
    params: {
      /** Id of a recovery point, as its VM lists it */
      point: string;
    };
    answer: PointDescription;
  };

  /**
   * What lies in the vault, by kind and VM, and what a collection would free: as maintenance counted
   * it.
   * `GET /vault`
   */
  getVault: {
    query: {
      /** By default `1000`. */
      limit?: number;
      after?: string;
    };
    answer: {
      /** When maintenance counted this. */
      measuredAt: string;
      /** As stored, by kind: the sums of what the container lists there. */
      bytes: {
        chunks: number;
        packs: number;
        digests: number;
        segments: number;
        indexes: number;
        points: number;
        tombstones: number;
        verifications: number;
        damage: number;
        runs: number;
      };
      /** All kinds together. */
      totalBytes: number;
      /** Content that some point needs; what points and VMs share counts once. */
      neededBytes: number;
      /** Content that no point needs. */
      unneededBytes: number;
      /** Points that are listed. */
      points: number;
      /** Points that are deleted and not yet gone. */
      deletedPoints: number;
      unreadablePoints: string[];
      /** Blobs that were found damaged or missing. */
      damageNotes: number;
      vms: {
        vm: string;
        /** Its points; deleted ones that can be undeleted count. */
        points: number;
        /** What all its points would take as whole disks. */
        logicalBytes: number;
        /** As stored, and needed by this VM alone: what would be free without its points. */
        ownBytes: number;
        /** As stored, and needed by other VMs too. */
        sharedBytes: number;
      }[];
      /** What a collection of garbage would free now, and what it would have to leave. */
      nextCollection: {
        purgedPoints: number;
        freedBlobs: number;
        /** Needed by no point, and old enough to go. */
        freedBytes: number;
        youngBlobs: number;
        /** Needed by no point, and too young to go. */
        youngBytes: number;
        youngUntil?: string;
        waitingPoints: number;
        waitingBlobs: number;
        /** Needed only by deleted points in their grace period. */
        waitingBytes: number;
        waitingUntil?: string;
      };
      next?: string;
    };
  };

  /**
   * Whether the app can reach its vault, and it is the one that the app opened.
   * `GET /health`
   */
  health: {
    answer: {
      status: 'ok';
      time: string;
    };
  };

  /**
   * Holds a recovery point: until it is let go, neither people nor retention delete it.
   * `PUT /recovery-points/{point}/hold`
   */
  holdRecoveryPoint: {
    params: {
      /** Id of a recovery point, as its VM lists it */
      point: string;
    };
    body: {
      reason: string;
    };
    answer: {
      id: string;
      hold?: {
        reason: string;
        since: string;
      };
    };
  };

  /**
   * Translates a policy of Azure Backup for VMs, as it is exported; stores nothing.
   * `POST /policies/import`
   */
  importPolicy: {
    body: {
      name?: string | null;
      tags?: Record<string, string> | null;
      properties: {
        backupManagementType: string;
        policyType?: string | null;
        timeZone?: string | null;
        instantRpRetentionRangeInDays?: number | null;
        snapshotConsistencyType?: string | null;
        schedulePolicy: {
          schedulePolicyType: string;
          scheduleRunFrequency: string;
          scheduleRunTimes?: string[] | null;
          scheduleRunDays?: string[] | null;
          scheduleWeeklyFrequency?: number | null;
          dailySchedule?: {
            scheduleRunTimes?: string[] | null;
            [other: string]: unknown;
          } | null;
          weeklySchedule?: {
            scheduleRunDays?: string[] | null;
            scheduleRunTimes?: string[] | null;
            [other: string]: unknown;
          } | null;
          hourlySchedule?: {
            interval: number;
            scheduleWindowStartTime: string;
            scheduleWindowDuration: number;
            [other: string]: unknown;
          } | null;
          [other: string]: unknown;
        };
        retentionPolicy: {
          retentionPolicyType: string;
          dailySchedule?: {
            retentionTimes?: string[] | null;
            retentionDuration: {
              count: number;
              durationType: string;
              [other: string]: unknown;
            };
            [other: string]: unknown;
          } | null;
          weeklySchedule?: {
            daysOfTheWeek?: string[] | null;
            retentionTimes?: string[] | null;
            retentionDuration: {
              count: number;
              durationType: string;
              [other: string]: unknown;
            };
            [other: string]: unknown;
          } | null;
          monthlySchedule?: {
            retentionScheduleFormatType: string;
            retentionScheduleDaily?: {
              daysOfTheMonth?:
                | {
                    date?: number | null;
                    isLast?: boolean | null;
                    [other: string]: unknown;
                  }[]
                | null;
              [other: string]: unknown;
            } | null;
            retentionScheduleWeekly?: {
              daysOfTheWeek?: string[] | null;
              weeksOfTheMonth?: string[] | null;
              [other: string]: unknown;
            } | null;
            retentionTimes?: string[] | null;
            retentionDuration: {
              count: number;
              durationType: string;
              [other: string]: unknown;
            };
            [other: string]: unknown;
          } | null;
          yearlySchedule?: {
            monthsOfYear?: string[] | null;
            retentionScheduleFormatType: string;
            retentionScheduleDaily?: {
              daysOfTheMonth?:
                | {
                    date?: number | null;
                    isLast?: boolean | null;
                    [other: string]: unknown;
                  }[]
                | null;
              [other: string]: unknown;
            } | null;
            retentionScheduleWeekly?: {
              daysOfTheWeek?: string[] | null;
              weeksOfTheMonth?: string[] | null;
              [other: string]: unknown;
            } | null;
            retentionTimes?: string[] | null;
            retentionDuration: {
              count: number;
              durationType: string;
              [other: string]: unknown;
            };
            [other: string]: unknown;
          } | null;
          retentionDuration?: {
            count: number;
            durationType: string;
            [other: string]: unknown;
          } | null;
          [other: string]: unknown;
        };
        [other: string]: unknown;
      };
      [other: string]: unknown;
    };
    answer: {
      name?: string;
      policy: {
        schedule: Schedule;
        paused: boolean;
        retention: Retention;
        instantRestoreDays: number;
        consistency: {
          ask: ConsistencyLevel;
          allowFallback: boolean;
          vss: 'full' | 'copy-only';
        };
        disks?: DiskSelection;
        unsupportedDisks: 'fail' | 'skip';
      };
      notCarriedOver: {
        field: string;
        reason: string;
      }[];
      assumed: {
        field: string;
        reason: string;
      }[];
    };
  };

  /**
   * Every range that a verification or a restore found damaged, as long as its point is kept.
   * `GET /jobs/{job}/damage`
   */
  listDamage: {
    params: {
      /** Id of a job, as GET /jobs lists it */
      job: string;
    };
    query: {
      disk?: string;
      /** By default `100`. */
      limit?: number;
      after?: string;
    };
    answer: {
      damage: {
        diskId: string;
        /** Where on the disk it begins, in bytes. */
        offset: number;
        length: number;
        /** The blob of the vault that is at fault. */
        object: string;
        /** What is wrong with it, as in docs/failures.md. */
        code: string;
        /** Whether these bytes cannot be restored; not so where only digests are damaged. */
        lost: boolean;
      }[];
      next?: string;
    };
  };

  /**
   * Jobs, newest first; a page may be short and have a next one all the same.
   * `GET /jobs`
   */
  listJobs: {
    query: {
      vm?: string;
      state?: JobState;
      kind?: JobKind;
      from?: string;
      to?: string;
      /** By default `100`. */
      limit?: number;
      after?: string;
    };
    answer: {
      jobs: Job[];
      next?: string;
    };
  };

  /**
   * What interrupted jobs have left in Azure and the sweep could not remove or settle, and why.
   * `GET /leftovers`
   */
  listLeftovers: {
    answer: {
      leftovers: {
        resourceId: string;
        /** The job that left it. */
        job?: string;
        /** Why it stays, a code of the catalogue of failures. */
        code: string;
        message: string;
        remedy: string;
        /** When this cause was met first. */
        since: string;
        /** When it was tried last. */
        triedAt: string;
      }[];
    };
  };

  /**
   * Every policy in force, the presets included.
   * `GET /policies`
   */
  listPolicies: {
    answer: {
      policies: PolicyView[];
    };
  };

  /**
   * The recovery points of a VM, oldest first; with deleted=include also those that can be
   * undeleted.
   * `GET /vms/{vm}/recovery-points`
   */
  listRecoveryPoints: {
    params: {
      /** Key of a VM, as GET /vms lists it */
      vm: string;
    };
    query: {
      /** By default `"exclude"`. */
      deleted?: 'include' | 'exclude';
    };
    answer: {
      recoveryPoints: PointDescription[];
      refused: RefusedPoint[];
    };
  };

  /**
   * The VMs in Azure and those that were backed up before they were deleted, by key.
   * `GET /vms`
   */
  listVms: {
    query: {
      /** By default `1000`. */
      limit?: number;
      after?: string;
    };
    answer: {
      vms: VmDescription[];
      next?: string;
      unread?: UnreadSubscription[];
    };
  };

  /**
   * This document.
   * `GET /openapi.json`
   */
  openApi: {
    answer: {
      openapi: string;
      [other: string]: unknown;
    };
  };

  /**
   * Makes or changes a policy; how many points it lets go of at once has to be confirmed.
   * `PUT /policies/{policy}`
   */
  putPolicy: {
    params: {
      /** Name of a policy */
      policy: string;
    };
    query: {
      confirm?: number;
    };
    headers: {
      /** Only change the version with this ETag; otherwise 412. */
      'If-Match'?: string;
    };
    body: BackupPolicy;
    answer: PolicyView;
  };

  /**
   * Protects a VM by a policy, whatever its tag says; how many points it loses at once by that has
   * to be confirmed.
   * `PUT /vms/{vm}/protection`
   */
  putProtection: {
    params: {
      /** Key of a VM, as GET /vms lists it */
      vm: string;
    };
    query: {
      confirm?: number;
    };
    headers: {
      /** Only change the version with this ETag; otherwise 412. */
      'If-Match'?: string;
    };
    body: {
      policy: string;
    };
    answer: ProtectionView;
  };

  /**
   * Lets a held recovery point go; one that is not held stays as it is.
   * `DELETE /recovery-points/{point}/hold`
   */
  releaseRecoveryPoint: {
    params: {
      /** Id of a recovery point, as its VM lists it */
      point: string;
    };
    answer: {
      id: string;
      hold?: {
        reason: string;
        since: string;
      };
    };
  };

  /**
   * Moves the end of a recovery point to a later time; retention rules may keep it longer still.
   * `PUT /recovery-points/{point}/retention`
   */
  retainRecoveryPoint: {
    params: {
      /** Id of a recovery point, as its VM lists it */
      point: string;
    };
    body: {
      retainUntil: string;
    };
    answer: {
      id: string;
      retainUntil?: string;
    };
  };

  /**
   * Backs up a VM as soon as a lane is free, whether or not it is protected.
   * `POST /vms/{vm}/backups`
   */
  startBackup: {
    params: {
      /** Key of a VM, as GET /vms lists it */
      vm: string;
    };
    headers: {
      /** A repeat with the same key answers as the first request did, and starts nothing again. */
      'Idempotency-Key'?: string;
    };
    body: {
      /** By default `30`. */
      retentionDays?: number;
    };
    answer: Accepted;
  };

  /**
   * Applies retention and collects garbage, or with dryRun only says what would go.
   * `POST /maintenance`
   */
  startMaintenance: {
    headers: {
      /** A repeat with the same key answers as the first request did, and starts nothing again. */
      'Idempotency-Key'?: string;
    };
    body: {
      /** By default `false`. */
      dryRun?: boolean;
    };
    answer: Accepted;
  };

  /**
   * Restores a recovery point to new managed disks, to a new VM, or in place of the disks that the
   * VM has.
   * `POST /recovery-points/{point}/restores`
   */
  startRestore: {
    params: {
      /** Id of a recovery point, as its VM lists it */
      point: string;
    };
    headers: {
      /** A repeat with the same key answers as the first request did, and starts nothing again. */
      'Idempotency-Key'?: string;
    };
    body: RestoreTarget;
    answer: Accepted;
  };

  /**
   * Reads a recovery point back from the vault and checks every byte.
   * `POST /recovery-points/{point}/verifications`
   */
  startVerification: {
    params: {
      /** Id of a recovery point, as its VM lists it */
      point: string;
    };
    headers: {
      /** A repeat with the same key answers as the first request did, and starts nothing again. */
      'Idempotency-Key'?: string;
    };
    answer: Accepted;
  };

  /**
   * Takes the deletion of a recovery point back, within its grace period.
   * `POST /recovery-points/{point}/undelete`
   */
  undeleteRecoveryPoint: {
    params: {
      /** Id of a recovery point, as its VM lists it */
      point: string;
    };
    answer: PointDescription;
  };

  /**
   * Says which recovery points a change of a policy would let go of at once; changes nothing.
   * `POST /policies/{policy}/what-if`
   */
  whatIfPolicy: {
    params: {
      /** Name of a policy */
      policy: string;
    };
    body: BackupPolicy;
    answer: {
      policy: string;
      letsGo: number;
      vms: {
        vm: string;
        letsGo: number;
        points: string[];
      }[];
    };
  };
}

/** How to ask for each operation. */
export interface OperationEntry {
  method: string;
  /** Below the base address of the API. */
  path: string;
  /** Whether an `Idempotency-Key` makes a repeat do nothing twice. */
  takesKey: boolean;
}

export const OPERATIONS: Readonly<Record<keyof Operations, OperationEntry>> = {
  cancelJob: { method: 'POST', path: '/jobs/{job}/cancel', takesKey: true },
  deletePolicy: { method: 'DELETE', path: '/policies/{policy}', takesKey: false },
  deleteProtection: { method: 'DELETE', path: '/vms/{vm}/protection', takesKey: false },
  deleteRecoveryPoint: { method: 'DELETE', path: '/recovery-points/{point}', takesKey: false },
  getJob: { method: 'GET', path: '/jobs/{job}', takesKey: false },
  getPolicy: { method: 'GET', path: '/policies/{policy}', takesKey: false },
  getProtection: { method: 'GET', path: '/vms/{vm}/protection', takesKey: false },
  getRecoveryPoint: { method: 'GET', path: '/recovery-points/{point}', takesKey: false },
  getVault: { method: 'GET', path: '/vault', takesKey: false },
  health: { method: 'GET', path: '/health', takesKey: false },
  holdRecoveryPoint: { method: 'PUT', path: '/recovery-points/{point}/hold', takesKey: false },
  importPolicy: { method: 'POST', path: '/policies/import', takesKey: false },
  listDamage: { method: 'GET', path: '/jobs/{job}/damage', takesKey: false },
  listJobs: { method: 'GET', path: '/jobs', takesKey: false },
  listLeftovers: { method: 'GET', path: '/leftovers', takesKey: false },
  listPolicies: { method: 'GET', path: '/policies', takesKey: false },
  listRecoveryPoints: { method: 'GET', path: '/vms/{vm}/recovery-points', takesKey: false },
  listVms: { method: 'GET', path: '/vms', takesKey: false },
  openApi: { method: 'GET', path: '/openapi.json', takesKey: false },
  putPolicy: { method: 'PUT', path: '/policies/{policy}', takesKey: false },
  putProtection: { method: 'PUT', path: '/vms/{vm}/protection', takesKey: false },
  releaseRecoveryPoint: { method: 'DELETE', path: '/recovery-points/{point}/hold', takesKey: false },
  retainRecoveryPoint: { method: 'PUT', path: '/recovery-points/{point}/retention', takesKey: false },
  startBackup: { method: 'POST', path: '/vms/{vm}/backups', takesKey: true },
  startMaintenance: { method: 'POST', path: '/maintenance', takesKey: true },
  startRestore: { method: 'POST', path: '/recovery-points/{point}/restores', takesKey: true },
  startVerification: { method: 'POST', path: '/recovery-points/{point}/verifications', takesKey: true },
  undeleteRecoveryPoint: { method: 'POST', path: '/recovery-points/{point}/undelete', takesKey: false },
  whatIfPolicy: { method: 'POST', path: '/policies/{policy}/what-if', takesKey: false },
};
