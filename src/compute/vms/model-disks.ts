/**
 * The disks in the storage profile of a VM or of a restore point, by LUN, the OS disk (-1) first.
 */
export const modelDisks = <Os extends object, Data extends { lun?: number }>({
  osDisk,
  dataDisks = [],
}: {
  osDisk?: Os;
  dataDisks?: Data[];
} = {}): ((Os | Data) & { lun: number })[] =>
  [
    ...(osDisk ? [{ ...osDisk, lun: -1 }] : []),
    ...dataDisks.map((disk) => ({ ...disk, lun: disk.lun ?? 0 })),
  ].sort((left, right) => left.lun - right.lun);
