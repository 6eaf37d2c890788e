/** What a size of VM can do, as far as disks have to fit it. */
export interface VmSize {
  architecture: 'x64' | 'Arm64';
  /** The first is the one that a VM gets unless it asks. */
  diskControllers: readonly ('SCSI' | 'NVMe')[];
  dataDisks: number;
}

/** The sizes that the region lists; any other name is taken for what it says. */
export const KNOWN_SIZES = [
  'Standard_D2s_v5',
  'Standard_D4s_v5',
  'Standard_D8s_v5',
  'Standard_E8ds_v5',
  'Standard_D4s_v3',
  'Standard_DS3_v2',
  'Standard_D2ps_v5',
  'Standard_D4ps_v6',
  'Standard_D2s_v6',
];

/**
 * What the name of a size says: a `p` among its letters stands for Arm64, and from version 6 on disks are
 * NVMe. Source: "Azure virtual machine sizes naming conventions".
 */
export function sizeOf(name: string): VmSize {
  const [, letters = '', version = ''] = /^Standard_[A-Z]+\d+(?:-\d+)?([a-z]*)(?:_v(\d+))?$/.exec(name) ?? [];
  return {
    architecture: letters.includes('p') ? 'Arm64' : 'x64',
    diskControllers: Number(version) >= 6 ? ['NVMe'] : ['SCSI'],
    dataDisks: 32,
  };
}
