import type { Failure } from '../../failures/failure';
import type { Job, JobDisk, JobProgress } from '../../jobs/job';
import type { BackupPolicy } from '../../policies/policy';

/** The activities about the record of a job, whatever it does. */
export interface JobsActivities {
  /** `at`: the storage service's time; absent in histories of older versions. */
  beginJob: { input: { jobId: string }; output: { at?: string } };
  endJob: { input: EndJob; output: Record<string, never> };
}

export interface EndJob {
  jobId: string;
  /** Absent for maintenance. */
  vmKey?: string;
  state: 'Succeeded' | 'Failed' | 'Cancelled';
  /** What the orchestrator showed last; becomes part of the record. */
  shown: JobProgress & Pick<Job, 'restoredVm'>;
  disks: JobDisk[];
  /**
   * The job whose snapshot the next backup of the VM goes on with; null for none, absent where nothing is
   * known of it.
   */
  snapshotForNext?: string | null;
  /** Of a scheduled backup, to tell when a failed one is tried again. */
  policy?: BackupPolicy;
  error?: Failure;
}
