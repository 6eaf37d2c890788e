import type { BackupPolicy } from '../policies/policy';

/** One VM of Azure by its address. */
export interface VmRef {
  subscriptionId: string;
  resourceGroup: string;
  name: string;
}

/** What a backup job was asked to do; the policy is the one in force when the job was created. */
export interface BackupRequest {
  jobId: string;
  vmKey: string;
  vmId: string;
  ref: VmRef;
  os: 'Windows' | 'Linux';
  policyName: string;
  policy: BackupPolicy;
}
