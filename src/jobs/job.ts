import { z } from 'zod';
import { ExtensionRecord, WindowsChanges } from '../protection/protected-vm';

export const JobKind = z.enum(['backup', 'restore']);
export const JobState = z.enum(['Queued', 'Running', 'Succeeded', 'Failed', 'Cancelled']);
export const BACKUP_PHASES = [
  'inspect',
  'extension',
  'snapshot',
  'transfer',
  'remove-snapshot',
  'commit',
] as const;
export const RESTORE_PHASES = ['prepare', 'restore'] as const;

export const Failure = z.strictObject({
  step: z.string(),
  code: z.string(),
  message: z.string(),
  remedy: z.string(),
  retryable: z.boolean(),
  retryAfterSeconds: z.number().optional(),
});

/** One disk on its way. Bytes count this job's own work, not the disk's history. */
export const JobDisk = z.strictObject({
  diskId: z.string(),
  name: z.string(),
  sizeBytes: z.number(),
  state: z.enum(['waiting', 'running', 'done', 'failed']),
  /** How changes were found: a full read, checksum comparison, or changed-block tracking. */
  mode: z.enum(['full', 'checksum', 'changed-blocks']).optional(),
  /** Why the mode is not the best one, when it is not. */
  reason: z.string().optional(),
  plannedBytes: z.number(),
  readBytes: z.number(),
  changedBytes: z.number(),
  uploadedBytes: z.number(),
  error: Failure.optional(),
});
export type JobDisk = z.output<typeof JobDisk>;

export const JobConsistency = z.strictObject({
  asked: z.string(),
  reached: z.string(),
  reason: z.string().optional(),
});

/** A backup or restore job as callers see it: the durable record, with live progress mixed in while it runs. */
export const Job = z.strictObject({
  id: z.string(),
  kind: JobKind,
  /** Key of the VM that is backed up or was backed up. */
  vm: z.string(),
  vmName: z.string(),
  state: JobState,
  phase: z.string().optional(),
  policy: z.string().optional(),
  trigger: z.enum(['schedule', 'on-demand']),
  createdAt: z.string(),
  startedAt: z.string().optional(),
  endedAt: z.string().optional(),
  /** When somebody asked to cancel the job; it ends as soon as its current step notices. */
  cancelRequestedAt: z.string().optional(),
  extension: ExtensionRecord.optional(),
  windowsChanges: WindowsChanges.optional(),
  consistency: JobConsistency.optional(),
  disks: z.array(JobDisk),
  warnings: z.array(z.string()),
  error: Failure.optional(),
  /** The point that a backup created, or that a restore reads from. */
  recoveryPoint: z.string().optional(),
  restoredDisks: z
    .array(z.strictObject({ diskId: z.string(), name: z.string(), resourceId: z.string() }))
    .optional(),
});
export type Job = z.output<typeof Job>;

/** True once nothing about the job will change any more. */
export const isOver = (job: Job): boolean => job.state !== 'Queued' && job.state !== 'Running';

/** What an orchestrator shows of a running job in its custom status; kept far below the limit of 16 KiB. */
export type JobProgress = Partial<
  Pick<Job, 'phase' | 'extension' | 'windowsChanges' | 'consistency' | 'warnings' | 'recoveryPoint'>
> & {
  /** The disks whose sub-orchestrations show their own progress. */
  diskIds?: string[];
};

/** What the sub-orchestration of one disk shows; `part` is the one that its activity is working on. */
export type DiskProgress = JobDisk & { part?: number };
