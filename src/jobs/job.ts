import { z } from 'zod';
import { ExtensionRecord } from '../compute/guest/extension-record';
import { WindowsChanges } from '../compute/guest/windows-changes';
import { DISK_BYTES, nothingMoved, sumOfDisks } from '../disks/disk-bytes';
import { Failure } from '../failures/failure';
import { DiskDamage } from './disk-damage';
import { JobKind } from './job-id';

export const JobState = z.enum(['Queued', 'Running', 'Succeeded', 'Failed', 'Cancelled']);

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
  plannedBytes: z.number().meta({ description: 'How far readBytes will come.' }),
  ...DISK_BYTES,
  from: z
    .enum(['snapshot', 'vault'])
    .optional()
    .meta({ description: 'Which copy a restore reads: the kept snapshot, in Azure itself, or the vault.' }),
  /** What a verification or a restore found damaged; a restore that was asked to skip it left zeros there. */
  damage: DiskDamage.optional(),
  error: Failure.optional(),
});
export type JobDisk = z.output<typeof JobDisk>;

/** A disk of which nothing has been moved yet. */
export const untouchedDisk = (
  { diskId, name, sizeBytes }: Pick<JobDisk, 'diskId' | 'name' | 'sizeBytes'>,
  state: 'waiting' | 'running',
): JobDisk => ({
  diskId,
  name,
  sizeBytes,
  state,
  plannedBytes: 0,
  logicalBytes: sizeBytes,
  ...nothingMoved(),
});

export const JobConsistency = z.strictObject({
  asked: z.string(),
  reached: z.string(),
  reason: z.string().optional(),
});

/** When a phase of a job began and ended; the last one of a running job has no end yet. */
export const JobPhase = z.strictObject({
  phase: z.string(),
  startedAt: z.string(),
  endedAt: z.string().optional(),
});
export type JobPhase = z.output<typeof JobPhase>;

const count = (description: string) => z.number().meta({ description });

/** What a collection of garbage took, or as a dry run would take now, and what it leaves for later. */
export const CollectionResult = z.strictObject({
  purgedPoints: count('Deleted points whose grace had ended: they are gone for good.'),
  freedBlobs: count('Blobs of content and documents of runs that nothing needs, and that were deleted.'),
  freedBytes: count('What they took, as stored.'),
  youngBlobs: count('As well needed by no point, but young enough that a running backup may want them.'),
  youngBytes: count('What these take, as stored.'),
  youngUntil: z.string().optional().meta({ description: 'When the last of them is old enough to go.' }),
  waitingPoints: count('Deleted points in their grace period, those that this run deleted included.'),
  waitingBlobs: count('Blobs that only they need: they stay until the grace period ends.'),
  waitingBytes: count('What these take, as stored.'),
  waitingUntil: z.string().optional().meta({ description: 'When the last of these grace periods ends.' }),
});
export type CollectionResult = z.output<typeof CollectionResult>;

export const nothingCollected = (): CollectionResult => ({
  purgedPoints: 0,
  freedBlobs: 0,
  freedBytes: 0,
  youngBlobs: 0,
  youngBytes: 0,
  waitingPoints: 0,
  waitingBlobs: 0,
  waitingBytes: 0,
});

/** What a maintenance job did, or with `dryRun` would do: the same numbers in the same fields. */
export const MaintenanceResult = z.strictObject({
  dryRun: z.boolean(),
  /** Recovery points that retention let go; they can be undeleted within the grace period. */
  expiredPoints: z.number(),
  /** The first hundred of them. */
  expired: z.array(z.string()),
  /** VMs whose points could not be judged, and why. */
  skipped: z.array(z.strictObject({ vm: z.string(), reason: z.string() })),
  ...CollectionResult.shape,
});
export type MaintenanceResult = z.output<typeof MaintenanceResult>;

/** A managed disk that a restore made, or took out. */
export const RestoredDisk = z.strictObject({ diskId: z.string(), name: z.string(), resourceId: z.string() });
export type RestoredDisk = z.output<typeof RestoredDisk>;

/** A job as callers see it: the durable record, with live progress mixed in while it runs. */
export const Job = z.strictObject({
  id: z.string(),
  kind: JobKind,
  /** Key of the VM that is backed up or was backed up; maintenance has none. */
  vm: z.string().optional(),
  vmName: z.string().optional(),
  state: JobState,
  phase: z.string().optional(),
  phases: z.array(JobPhase).optional(),
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
  /** Until when the point of an on-demand backup is kept at least. */
  retainUntil: z.string().optional(),
  /** When the schedule tries a failed backup again. */
  nextTryAt: z.string().optional(),
  /** Bytes a second that the disks were read at, since the transfer began. */
  bytesPerSecond: z.number().optional(),
  /** How long the transfer still takes at that rate; only while it runs. */
  secondsLeft: z.number().optional(),
  maintenance: MaintenanceResult.optional(),
  /** What a restore makes or changes. */
  target: z.enum(['disks', 'vm', 'replace']).optional(),
  restoredDisks: z.array(RestoredDisk).optional(),
  /** The VM that a restore to `vm` made. */
  restoredVm: z
    .strictObject({ name: z.string(), resourceGroup: z.string(), resourceId: z.string() })
    .optional(),
  /** The disks that a restore in place swapped out: they are kept, detached, for whoever wants them back. */
  replacedDisks: z.array(RestoredDisk).optional(),
});
export type Job = z.output<typeof Job>;

/** A job as the API shows it: with the figures of all its disks together. */
export const JobView = z.strictObject({ ...Job.shape, ...DISK_BYTES });
export type JobView = z.output<typeof JobView>;

export const viewJob = (job: Job): JobView => ({ ...job, ...sumOfDisks(job.disks) });

/** True once nothing about the job will change any more. */
export const isOver = (job: Job): boolean => job.state !== 'Queued' && job.state !== 'Running';

/** Ends the phase that is open; never before it began, since the two times may be of two clocks. */
export const endPhases = (phases: JobPhase[], at: string): JobPhase[] =>
  phases.map((one) => (one.endedAt === undefined ? { ...one, endedAt: laterOf(one.startedAt, at) } : one));

const laterOf = (left: string, right: string) => (Date.parse(left) > Date.parse(right) ? left : right);

/** What an orchestrator shows of a running job in its custom status; kept far below the limit of 16 KiB. */
export const JobProgress = z
  .object({
    ...Job.pick({
      phase: true,
      phases: true,
      maintenance: true,
      extension: true,
      windowsChanges: true,
      consistency: true,
      warnings: true,
      recoveryPoint: true,
    }).shape,
    /** The disks whose sub-orchestrations show their own progress. */
    diskIds: z.array(z.string()),
  })
  .partial();
export type JobProgress = z.output<typeof JobProgress>;

/** What the sub-orchestration of one disk shows; `part` is the one that its activity is working on. */
export type DiskProgress = JobDisk & { part?: number };
