import type { Command } from 'commander';
import { StartRefused } from '../../local/start/start-refused';
import { dataLun, groupName } from './arguments';
import { diskAt, findVm, type VmNow } from './find';
import type { Running } from './running';

interface MoveOptions {
  group?: string;
  lun?: number;
}

/** VMs that move or go, and disks of theirs that change their LUN. */
export function addPlaceCommands(command: Command, running: () => Running): void {
  command
    .command('move')
    .description(
      'moves a VM with its disks and network interfaces to a group, or a disk of it to another lun',
    )
    .argument('<vm>', 'name of the VM')
    .argument('[lun]', 'lun of the data disk that moves', dataLun)
    .option('--group <name>', 'the resource group to which the VM moves', groupName)
    .option('--lun <number>', 'the lun to which the disk moves', dataLun)
    .action(async (place: string, from: number | undefined, { group, lun }: MoveOptions) => {
      const now = running();
      const vm = findVm(await now.emulator.state(), place);
      if (from !== undefined && lun !== undefined && group === undefined) return moveDisk(now, vm, from, lun);
      if (from === undefined && lun === undefined && group !== undefined) return moveVm(now, vm, group);
      throw new StartRefused(
        'It is not clear what is to move, and where to.',
        'move VM --group NAME moves the VM; move VM LUN --lun NUMBER moves a disk of it.',
      );
    });

  command
    .command('delete')
    .description('deletes a VM; its disks stay')
    .argument('<vm>', 'name of the VM')
    .action(async (place: string) => {
      const { emulator, azure } = running();
      const vm = findVm(await emulator.state(), place);
      await azure.remove(vm.id);
      console.log(`${vm.name} is deleted.`);
    });
}

/** As in Azure: a disk is detached, and attached again. */
async function moveDisk({ azure }: Running, vm: VmNow, from: number, to: number): Promise<void> {
  const disk = diskAt(vm, from);
  if (vm.disks.some(({ lun }) => lun === to))
    throw new StartRefused(`VM ${vm.name} has a disk at lun ${to} already.`, 'Name a lun that is free.');
  await azure.detach(vm.id, disk.id);
  await azure.attach(vm.id, disk.id, to);
  console.log(`${vm.name} has ${disk.name} at lun ${to}.`);
}

/** What the VM has in its group goes with it. */
async function moveVm({ azure }: Running, vm: VmNow, group: string): Promise<void> {
  const parts = [...vm.disks.map(({ id }) => id), ...(await azure.networkInterfacesOf(vm.id))];
  const ids = [vm.id, ...parts.filter((id) => groupOf(id) === groupOf(vm.id))];
  await azure.move(ids, group);
  console.log(`${vm.name} is in ${group}, with ${ids.length - 1} of its disks and network interfaces.`);
}

const groupOf = (id: string): string | undefined => /\/resourceGroups\/([^/]+)/i.exec(id)?.[1]?.toLowerCase();
