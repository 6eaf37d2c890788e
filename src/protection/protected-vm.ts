import { z } from 'zod';
import { VmRef } from '../compute/arm/resource-id';
import { ExtensionRecord } from '../compute/guest/extension-record';
import { WindowsChanges } from '../compute/guest/windows-changes';
import { type Collection, collection } from '../documents/collection';
import { PolicyName } from '../policies/policy';
import type { BlobStore } from '../storage/blob-store';

/** What the system knows about one VM that it backs up, under the VM's key. */
export const ProtectedVm = z.strictObject({
  key: z.string(),
  vmId: z.string(),
  ref: VmRef,
  os: z.enum(['Windows', 'Linux']),
  /** Absent for a VM that is only ever backed up on demand. */
  policy: PolicyName.optional(),
  /**
   * Who chose the policy: a tag is followed when it changes, the API's word stands until it is taken back.
   */
  protectedBy: z.enum(['tag', 'api']).optional(),
  /**
   * Protection was stopped; the points stay (`retain`) or were deleted. Neither tag nor schedule brings it
   * back.
   */
  stopped: z.strictObject({ at: z.string(), data: z.enum(['retain', 'delete']) }).optional(),
  /** Since when the VM is not found in Azure any more; its points stay. */
  orphanedSince: z.string().optional(),
  /** The newest backup that succeeded. */
  lastSuccess: z.strictObject({ at: z.string(), pointId: z.string() }).optional(),
  /** The due time for which it was told that good points are missing. */
  missedTold: z.string().optional(),
  /** Service time at which the VM came under protection: earlier due times never count. */
  enrolledAt: z.string(),
  /** The run that holds the VM; nobody else may snapshot it meanwhile. */
  running: z.strictObject({ jobId: z.string(), since: z.string() }).optional(),
  /**
   * A snapshot whose disks Azure was still copying when its job had to end: the next backup goes on with it.
   */
  unfinishedSnapshot: z.strictObject({ jobId: z.string(), at: z.string() }).optional(),
  /**
   * Restores in place that have changed disks of the VM and have not come to an end, the oldest first: its
   * disks may be of two times, or missing. No backup runs until they are settled.
   */
  unfinishedRestores: z.array(z.strictObject({ jobId: z.string(), since: z.string() })).optional(),
  /** The last due time that was started, and by which scheduler run. */
  lastRun: z.strictObject({ dueAt: z.string(), scheduledBy: z.string(), jobId: z.string() }).optional(),
  /** Recorded by the first backup that found the VM running. */
  extension: ExtensionRecord.optional(),
  windowsChanges: WindowsChanges.optional(),
  /** The VSS mode that this system set last; absent while Windows has its own default, full. */
  vssMode: z.enum(['full', 'copy-only']).optional(),
});
export type ProtectedVm = z.output<typeof ProtectedVm>;

export const protectedVms = (store: BlobStore): Collection<ProtectedVm> =>
  collection(store, 'protection', ProtectedVm, { remember: 'in-summary' });
