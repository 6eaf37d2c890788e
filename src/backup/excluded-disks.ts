import { z } from 'zod';
import type { InspectedDisk } from '../compute/vms/inspect';
import type { BackupPolicy, DiskSelection } from '../policies/policy';

/**
 * The data disks that a point lacks, as the manifest records them; with the reason where the policy did not
 * name them.
 */
export const ExcludedDisks = z.array(
  z.strictObject({ lun: z.number(), name: z.string(), reason: z.string().optional() }),
);
export type ExcludedDisks = z.output<typeof ExcludedDisks>;

/** A disk that is left out of the backup. */
export type ExcludedDisk = Pick<InspectedDisk, 'lun' | 'name' | 'resourceId'> & { reason?: string };

/**
 * Which disks a backup takes and which it leaves out: those that the policy does not select, and those that
 * cannot be backed up where the policy would rather have a partial point than none. The OS disk is left
 * out only where it lives on the host and nothing is on it that could be restored; any other one never is:
 * without it nothing can be started.
 */
export function selectDisks(
  disks: InspectedDisk[],
  policy: Pick<BackupPolicy, 'disks' | 'unsupportedDisks'>,
): { disks: InspectedDisk[]; excluded: ExcludedDisk[] } {
  const selected = disks.filter(({ lun }) => !isExcluded(lun, policy.disks));
  const skipped = selected.filter(
    ({ lun, obstacle }) =>
      obstacle && (lun >= 0 || obstacle.code === NOTHING_ON_IT) && policy.unsupportedDisks === 'skip',
  );
  const excluded = disks.filter((disk) => !selected.includes(disk) || skipped.includes(disk));
  return {
    disks: selected.filter((disk) => !skipped.includes(disk)),
    excluded: excluded.map((disk) => ({
      lun: disk.lun,
      name: disk.name,
      resourceId: disk.resourceId,
      reason: skipped.includes(disk) ? `${disk.obstacle?.code}: ${disk.obstacle?.title}` : undefined,
    })),
  };
}

const NOTHING_ON_IT = 'DiskIsEphemeral';

/** Whether the policy leaves a disk out. */
export function isExcluded(lun: number, selection: DiskSelection | undefined): boolean {
  if (!selection || lun < 0) return false;
  return 'onlyLuns' in selection ? !selection.onlyLuns.includes(lun) : selection.exceptLuns.includes(lun);
}
