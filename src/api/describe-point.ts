import { z } from 'zod';
import { ExcludedDisks } from '../backup/excluded-disks';
import { sumOf } from '../basics/sum-of';
import { Consistency } from '../disks/consistency';
import { type RecoveryPoint, transferModeSchema } from '../vault/format/manifest';

const PointDisk = z.strictObject({
  diskId: z.string(),
  lun: z.number(),
  name: z.string(),
  sizeBytes: z.number(),
  /** How its changes were found, and why not in a faster way. */
  mode: transferModeSchema,
  modeReason: z.string().optional(),
});

/** A recovery point as the API lists it. */
export const PointDescription = z.strictObject({
  id: z.string(),
  /** Key of the VM it is of. */
  vm: z.string(),
  /** When the snapshot was taken. */
  time: z.string(),
  consistency: z.strictObject({
    asked: Consistency,
    reached: Consistency,
    reason: z.string().optional(),
  }),
  /** Where the point can be restored from: the vault, or its snapshot as well. */
  tier: z.enum(['vault', 'snapshot+vault']),
  policy: z.string().optional(),
  job: z.string(),
  /** Until when it is kept at least, for a point made on demand. */
  retainUntil: z.string().optional(),
  /** The sum of the disks' sizes. */
  logicalBytes: z.number(),
  changedBytes: z.number(),
  uploadedBytes: z.number(),
  /** What the upload took in the vault, after compression. */
  storedBytes: z.number(),
  disks: z.array(PointDisk),
  /** True when disks of the VM are not in the point. */
  partial: z.boolean(),
  excludedDisks: ExcludedDisks.optional(),
  /** What cannot come back of it. */
  warnings: z.array(z.string()).optional(),
});
export type PointDescription = z.output<typeof PointDescription>;

/** A point whose manifest cannot be read, and why. */
export const RefusedPointDescription = z.strictObject({
  pointId: z.string(),
  failure: z.looseObject({ code: z.string(), message: z.string(), remedy: z.string() }),
});

export function describePoint(point: RecoveryPoint): PointDescription {
  const excluded = ExcludedDisks.safeParse(point.vm.excludedDisks);
  return {
    id: point.pointId,
    vm: point.vmKey,
    time: point.snapshotTime,
    consistency: point.consistency,
    tier: point.snapshot ? 'snapshot+vault' : 'vault',
    policy: typeof point.policy?.name === 'string' ? point.policy.name : undefined,
    job: point.runId,
    retainUntil: point.retainUntil,
    logicalBytes: sumOf(point.disks, (disk) => disk.sizeBytes),
    changedBytes: sumOf(point.disks, (disk) => disk.counts.changedBytes),
    uploadedBytes: sumOf(point.disks, (disk) => disk.counts.uploadedBytes),
    storedBytes: sumOf(point.disks, (disk) => disk.counts.storedBytes),
    disks: point.disks.map(({ diskId, lun, name, sizeBytes, mode, modeReason }) => ({
      diskId,
      lun,
      name,
      sizeBytes,
      mode,
      modeReason,
    })),
    partial: excluded.success && excluded.data.length > 0,
    excludedDisks: excluded.success ? excluded.data : undefined,
    warnings: point.warnings,
  };
}
