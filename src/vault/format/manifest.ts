import { z } from 'zod';
import { Consistency } from '../../disks/consistency';
import { transferCountsSchema } from './counts';
import { MAX_DISK_BYTES } from './geometry';
import { GRAMMARS } from './names';

/** A manifest is refused unread above this size. */
export const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;

const text = z.string().max(2048);
const time = z.iso.datetime();
const bytes = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);
const json: z.ZodType<Record<string, unknown>> = z.record(z.string(), z.json());

export const transferModeSchema = z.enum(['full', 'checksum', 'changed-blocks']);
/** How a transfer finds what changed. */
export type TransferMode = z.infer<typeof transferModeSchema>;

export const manifestDiskSchema = z.strictObject({
  diskId: z.string().regex(GRAMMARS.DISK_ID),
  /** -1 for the OS disk. */
  lun: z.number().int().min(-1).max(999),
  name: text,
  sizeBytes: z.number().int().positive().multipleOf(512).max(MAX_DISK_BYTES),
  /** Azure's identity of the disk: another disk of the same name has another. */
  uniqueId: text.optional(),
  /** Disk snapshots of one family can be compared with each other by the service. */
  snapshotFamily: text.optional(),
  /** Name of the disk's index. */
  index: z.string().regex(GRAMMARS.SHA256_HEX),
  mode: transferModeSchema,
  /** Why the disk was read in a slower mode than asked. */
  modeReason: text.optional(),
  basePointId: z.string().regex(GRAMMARS.POINT_ID).optional(),
  /** Bytes the snapshot had allocated, where the transfer listed them. */
  allocatedBytes: bytes.optional(),
  counts: transferCountsSchema,
});

export type ManifestDisk = z.infer<typeof manifestDiskSchema>;

export const manifestSchema = z.strictObject({
  formatVersion: z.literal(1),
  pointId: z.string().regex(GRAMMARS.POINT_ID),
  vmKey: z.string().regex(GRAMMARS.VM_KEY),
  /** The job that made the point. */
  runId: z.string().regex(GRAMMARS.RUN_ID),
  /** When the snapshot was taken; the instant that the point shows. */
  snapshotTime: time,
  /** When the manifest was made, by the storage service's clock. */
  createdAt: time,
  /** An on-demand point's own end; retention rules may keep it longer. */
  retainUntil: time.optional(),
  consistency: z.strictObject({
    reached: Consistency,
    asked: Consistency,
    /** Why less was reached than asked, or what the level means here. */
    reason: text.optional(),
  }),
  /** Identity and configuration of the VM: what is needed to create it again. Opaque to the vault. */
  vm: json,
  disks: z.array(manifestDiskSchema).min(1).max(128),
  policy: json.optional(),
  /** The snapshot that stays for instant restore, if any. */
  snapshot: json.optional(),
  /** What the first backup changed on a Windows VM. */
  windowsChanges: (z.json() as unknown as z.ZodType<object>).optional(),
  timings: json.optional(),
  warnings: z.array(text).max(100).optional(),
});

export type Manifest = z.infer<typeof manifestSchema>;

/** What the caller gives to commit: the manifest without what the vault itself fills in. */
export type PointDraft = Omit<Manifest, 'formatVersion' | 'createdAt'>;

/** A committed recovery point. */
export type RecoveryPoint = Manifest;
