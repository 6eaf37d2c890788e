import { z } from 'zod';
import type { DiskSelection } from '../policies/policy';

/** The data disks that a policy leaves out of the backup, as the manifest records them. */
export const ExcludedDisks = z.array(z.strictObject({ lun: z.number(), name: z.string() }));
export type ExcludedDisks = z.output<typeof ExcludedDisks>;

/** Whether a disk is left out. The OS disk (LUN −1) never is: without it nothing can be started again. */
export function isExcluded(lun: number, selection: DiskSelection | undefined): boolean {
  if (!selection || lun < 0) return false;
  return 'onlyLuns' in selection ? !selection.onlyLuns.includes(lun) : selection.exceptLuns.includes(lun);
}
