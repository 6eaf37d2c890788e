/** The id of a disk's sub-orchestration, from which its progress is read while it runs. */
export const diskInstanceId = (jobId: string, diskId: string): string => `${jobId}:${diskId}`;

/** The id of the sub-orchestration that has all disks of a restore restored; no disk has this id. */
export const allDisksInstanceId = (jobId: string): string => `${jobId}:all`;

/** The job that an orchestration works for: its own id, or the part before the disk. */
export const jobIdOf = (instanceId: string): string => instanceId.split(':')[0] ?? instanceId;

/** Wakes an orchestration that waits, so that it notices that its job was cancelled. */
export const CANCEL_EVENT = 'cancel';
