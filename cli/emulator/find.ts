import type { EmulatorState } from '../../client/emulator-client';
import { StartRefused } from '../../local/start/start-refused';

export type VmNow = EmulatorState['vms'][number];
export type DiskNow = EmulatorState['disks'][number];

/** A VM by its name, or by `group/name`. Throws `StartRefused` when it is not there, or not the only one. */
export const findVm = ({ vms }: EmulatorState, place: string): VmNow => findOne('VM', vms, place);

/** A managed disk, in the same way. */
export const findDisk = ({ disks }: EmulatorState, place: string): DiskNow => findOne('disk', disks, place);

/** The disk of a VM at a LUN; -1 is the OS disk. */
export function diskAt(vm: VmNow, lun: number): VmNow['disks'][number] {
  const disk = vm.disks.find((each) => each.lun === lun);
  if (!disk)
    throw new StartRefused(`VM ${vm.name} has no disk at lun ${lun}.`, 'npm run vm -- list shows them.');
  return disk;
}

/** The lowest LUN of a VM that is free. */
export function freeLun(vm: VmNow): number {
  const taken = new Set(vm.disks.map(({ lun }) => lun));
  for (let lun = 0; lun <= 63; lun++) if (!taken.has(lun)) return lun;
  throw new StartRefused(`VM ${vm.name} has no lun left.`, 'Detach a disk first.');
}

function findOne<T extends { name: string; resourceGroup: string }>(
  what: string,
  all: readonly T[],
  place: string,
): T {
  const [name = '', group] = place.split('/').reverse();
  const found = all.filter(
    (each) => isSame(each.name, name) && (group === undefined || isSame(each.resourceGroup, group)),
  );
  const [first, second] = found;
  if (!first) throw new StartRefused(`There is no ${what} ${place}.`, 'npm run vm -- list shows them.');
  if (!second) return first;
  const places = found.map((each) => `${each.resourceGroup}/${each.name}`).join(' or ');
  throw new StartRefused(`Several resource groups have a ${what} ${name}.`, `Say which: ${places}.`);
}

const isSame = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
