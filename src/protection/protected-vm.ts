import { z } from 'zod';
import { type Collection, collection } from '../documents/collection';
import { PolicyName } from '../policies/policy';
import type { BlobStore } from '../vault/store/blob-store';

const VmRef = z.strictObject({
  subscriptionId: z.string(),
  resourceGroup: z.string(),
  name: z.string(),
});

const WindowsState = z.strictObject({
  vcRedist2013x64: z.string().nullable(),
  vssStartMode: z.string().nullable(),
  iaasVmProvider: z.string().nullable(),
});

/** The three things that the first application-consistent backup changes on a Windows VM (About Azure VM backup). */
export const WindowsChanges = z.strictObject({
  before: WindowsState,
  after: WindowsState,
  changed: z.array(z.string()),
});
export type WindowsChanges = z.output<typeof WindowsChanges>;

/** What the system knows about one VM that it backs up, under the VM's key. */
export const ProtectedVm = z.strictObject({
  key: z.string(),
  vmId: z.string(),
  ref: VmRef,
  os: z.enum(['Windows', 'Linux']),
  /** Absent for a VM that is only ever backed up on demand. */
  policy: PolicyName.optional(),
  /** Service time at which the VM came under protection: earlier due times never count. */
  enrolledAt: z.string(),
  /** The run that holds the VM; nobody else may snapshot it meanwhile. */
  running: z.strictObject({ jobId: z.string(), since: z.string() }).optional(),
  /** The last due time that was started, and by which scheduler run. */
  lastRun: z.strictObject({ dueAt: z.string(), scheduledBy: z.string(), jobId: z.string() }).optional(),
  /** Recorded by the first backup that found the VM running. */
  extension: z
    .strictObject({ name: z.string(), version: z.string().optional(), installed: z.string() })
    .optional(),
  windowsChanges: WindowsChanges.optional(),
});
export type ProtectedVm = z.output<typeof ProtectedVm>;

export const protectedVms = (store: BlobStore): Collection<ProtectedVm> =>
  collection(store, 'protection', ProtectedVm);
