import { z } from 'zod';
import { VmRef } from '../compute/arm/resource-id';
import { BackupPolicy } from '../policies/policy';

/** What a backup job was asked to do; the policy is the one in force when the job was created. */
export const BackupRequest = z.strictObject({
  jobId: z.string(),
  vmKey: z.string(),
  vmId: z.string(),
  ref: VmRef,
  os: z.enum(['Windows', 'Linux']),
  policyName: z.string(),
  policy: BackupPolicy,
  trigger: z.enum(['schedule', 'on-demand']),
  /** Until when the point of an on-demand backup is kept at least; retention rules may keep it longer. */
  retainUntil: z.string().optional(),
});
export type BackupRequest = z.output<typeof BackupRequest>;
