import type { VmRef } from '../compute/arm/resource-id';
import type { BackupPolicy } from '../policies/policy';

/** What a backup job was asked to do; the policy is the one in force when the job was created. */
export interface BackupRequest {
  jobId: string;
  vmKey: string;
  vmId: string;
  ref: VmRef;
  os: 'Windows' | 'Linux';
  policyName: string;
  policy: BackupPolicy;
  trigger: 'schedule' | 'on-demand';
  /** Until when the point of an on-demand backup is kept at least; retention rules may keep it longer. */
  retainUntil?: string;
}
