import { z } from 'zod';

/**
 * How fast and how strict the emulated Azure is. Everything can be changed while it
 * runs (`PATCH /emulator/settings`).
 */
export const settingsSchema = z.strictObject({
  /** `Retry-After` of answers about operations that have not ended. */
  retryAfterSeconds: z.int().min(0).default(0),
  /** How many times an operation is reported as in progress before it ends. */
  operationPolls: z.int().min(0).default(0),
  /** How long an operation takes at least. */
  operationSeconds: z.number().min(0).default(0),
  /**
   * How long snapshots of Ultra and Premium v2 disks are copied in the background, before which they cannot
   * be read.
   */
  backgroundCopySeconds: z.number().min(0).default(0),
  /** How many resources a list gives at once; 0 for all. */
  listPageSize: z.int().min(0).default(0),
  /** 3 application-consistent and 3 crash-consistent restore points an hour and VM, as in Azure. */
  restorePointRateLimit: z.boolean().default(false),
  /** Restore points a VM may have, over all its collections. */
  restorePointsPerVm: z.int().min(1).default(500),
  /** Azure's token buckets for requests, per VM and subscription. */
  requestLimits: z.boolean().default(false),
  /** Sizes of uploads must be whole MiB (plus the footer) within Azure's limits. */
  strictUploadSizes: z.boolean().default(false),
  /** Whoever reads and writes disks stands in the network of their disk access resources. */
  insidePrivateNetwork: z.boolean().default(false),
  /** Ids of what does not exist any more: resource groups, and whatever a request may refer to. */
  missing: z.array(z.string()).default([]),
  /** Tags without which a policy forbids to make anything that can have tags. */
  requiredTags: z.array(z.string()).default([]),
  /** Resource groups in which a lock forbids to delete anything. */
  lockedResourceGroups: z.array(z.string()).default([]),
});

export type Settings = z.infer<typeof settingsSchema>;
