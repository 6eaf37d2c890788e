import { z } from 'zod';
import { nameOf } from '../cloud/ids';
import type { Json } from '../cloud/model';

/** What `az vm list` prints of a VM, as far as a fleet needs it; `--show-details` adds the power state. */
const ManagedDisk = z
  .looseObject({
    id: z.string().nullish(),
    storageAccountType: z.string().nullish(),
    diskEncryptionSet: z.looseObject({ id: z.string() }).nullish(),
  })
  .nullish();

const ListedDisk = z.looseObject({
  name: z.string().nullish(),
  caching: z.string().nullish(),
  /** Null for a VM that is deallocated. */
  diskSizeGB: z.int().positive().nullish(),
  diskSizeGb: z.int().positive().nullish(),
  managedDisk: ManagedDisk,
  vhd: z.unknown().optional(),
  writeAcceleratorEnabled: z.boolean().nullish(),
});
type ListedDisk = z.output<typeof ListedDisk>;

export const ListedVm = z.looseObject({
  name: z.string(),
  resourceGroup: z.string(),
  tags: z.record(z.string(), z.string()).nullish(),
  zones: z.array(z.string()).nullish(),
  powerState: z.string().nullish(),
  hardwareProfile: z.looseObject({ vmSize: z.string().nullish() }).nullish(),
  securityProfile: z.looseObject({ securityType: z.string().nullish() }).nullish(),
  storageProfile: z.looseObject({
    osDisk: ListedDisk.extend({
      osType: z.enum(['Linux', 'Windows']),
      diffDiskSettings: z.looseObject({ option: z.string().nullish() }).nullish(),
    }),
    dataDisks: z.array(ListedDisk.extend({ lun: z.int() })).nullish(),
  }),
});
export type ListedVm = z.output<typeof ListedVm>;

const GIB = 2 ** 30;
/** Where Azure does not say it, of a deallocated VM: what its images of the two systems have, and no data. */
const USUAL_GIB = { Linux: 30, Windows: 127 };
const USUAL_DATA_GIB = 32;

const POWER_STATES: Readonly<Record<string, string>> = {
  'VM running': 'running',
  'VM stopped': 'stopped',
  'VM deallocated': 'deallocated',
};

/** A VM as `az vm list` prints it, as a fleet file has it: with empty disks of the same sizes. */
export function fleetVmOf({ storageProfile, ...vm }: ListedVm): Json {
  const { osDisk, dataDisks } = storageProfile;
  const os = osDisk.osType;
  return {
    name: vm.name,
    resourceGroup: vm.resourceGroup,
    os,
    ...present({
      powerState: POWER_STATES[vm.powerState ?? ''],
      vmSize: vm.hardwareProfile?.vmSize,
      zones: vm.zones,
      securityType: vm.securityProfile?.securityType,
      tags: vm.tags,
    }),
    disks: [
      {
        ...diskOf(osDisk, -1, USUAL_GIB[os]),
        ...(osDisk.diffDiskSettings?.option === 'Local' && { ephemeral: true }),
      },
      ...(dataDisks ?? []).map((disk) => diskOf(disk, disk.lun, USUAL_DATA_GIB)),
    ],
  };
}

function diskOf(disk: ListedDisk, lun: number, usualGib: number): Json {
  const { managedDisk } = disk;
  return {
    lun,
    sizeBytes: (disk.diskSizeGB ?? disk.diskSizeGb ?? usualGib) * GIB,
    ...present({
      name: managedDisk?.id ? nameOf(managedDisk.id) : disk.name,
      sku: managedDisk?.storageAccountType,
      caching: disk.caching,
      writeAcceleratorEnabled: disk.writeAcceleratorEnabled,
      diskEncryptionSet: managedDisk?.diskEncryptionSet?.id,
    }),
  };
}

/** Without what is null or not there. */
const present = (values: Json): Json =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null && value !== undefined));

/** Disks in storage accounts, which Azure has given up; nothing here is like them. */
export const hasUnmanagedDisk = ({ storageProfile: { osDisk, dataDisks } }: ListedVm): boolean =>
  [osDisk, ...(dataDisks ?? [])].some(({ vhd }) => vhd !== null && vhd !== undefined);
