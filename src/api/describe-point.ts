import { z } from 'zod';
import { ExcludedDisks } from '../backup/excluded-disks';
import { Consistency } from '../disks/consistency';
import { DISK_BYTES, movedOf, sumOfDisks } from '../disks/disk-bytes';
import { type RecoveryPoint, transferModeSchema } from '../vault/format/manifest';
import { type Keeping, laterOf } from '../vault/points';

const PointDisk = z.strictObject({
  diskId: z.string(),
  lun: z.number(),
  name: z.string(),
  sizeBytes: z.number(),
  ...DISK_BYTES,
  allocatedBytes: z
    .number()
    .optional()
    .meta({
      description:
        'In use: what the snapshot had allocated of the disk. Absent where only what changed was listed, with ' +
        'changed-block tracking.',
    }),
  mode: transferModeSchema.meta({
    description:
      'How its changes were found: `full`, everything that is allocated was read; `checksum`, it was read and ' +
      'compared with the base; `changed-blocks`, Azure told what changed.',
  }),
  modeReason: z.string().optional().meta({ description: 'Why not in a faster way.' }),
  basePoint: z.string().optional().meta({ description: 'The recovery point that it was compared with.' }),
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
  tier: z.enum(['vault', 'snapshot+vault']).meta({
    description:
      'Where the point can be restored from now: the vault, or its kept snapshot as well while Azure has it.',
  }),
  policy: z.string().optional(),
  job: z.string(),
  retainUntil: z.string().optional().meta({
    description:
      'Until when retention keeps it at least: as a backup on demand asked, or as it was moved since.',
  }),
  hold: z
    .strictObject({ reason: z.string(), since: z.string() })
    .optional()
    .meta({ description: 'Present while the point is held: nobody deletes it.' }),
  deleted: z
    .strictObject({
      at: z.string(),
      by: z.enum(['api', 'retention']),
      reason: z.string(),
      undeleteUntil: z.string(),
    })
    .optional()
    .meta({ description: 'Present for a deleted point that can still be undeleted.' }),
  /** Of all disks together. */
  ...DISK_BYTES,
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

/** What is known of a point beside its manifest. */
export interface PointFacts {
  /** Whether Azure has its kept snapshot now. */
  snapshotThere: boolean;
  keeping?: Keeping;
  deleted?: PointDescription['deleted'];
}

export function describePoint(point: RecoveryPoint, facts: PointFacts): PointDescription {
  const excluded = ExcludedDisks.safeParse(point.vm.excludedDisks);
  return {
    id: point.pointId,
    vm: point.vmKey,
    time: point.snapshotTime,
    consistency: point.consistency,
    tier: facts.snapshotThere ? 'snapshot+vault' : 'vault',
    policy: typeof point.policy?.name === 'string' ? point.policy.name : undefined,
    job: point.runId,
    retainUntil: laterOf(point.retainUntil, facts.keeping?.retainUntil),
    hold: facts.keeping?.hold,
    deleted: facts.deleted,
    ...sumOfDisks(point.disks.map(({ counts }) => counts)),
    disks: point.disks.map((disk) => ({
      diskId: disk.diskId,
      lun: disk.lun,
      name: disk.name,
      sizeBytes: disk.sizeBytes,
      logicalBytes: disk.counts.logicalBytes,
      ...movedOf(disk.counts),
      allocatedBytes: disk.allocatedBytes,
      mode: disk.mode,
      modeReason: disk.modeReason,
      basePoint: disk.basePointId,
    })),
    partial: excluded.success && excluded.data.length > 0,
    excludedDisks: excluded.success ? excluded.data : undefined,
    warnings: point.warnings,
  };
}
