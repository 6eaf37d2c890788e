/** The id of a disk's sub-orchestration, from which its progress is read while it runs. */
export const diskInstanceId = (jobId: string, diskId: string): string => `${jobId}:${diskId}`;
