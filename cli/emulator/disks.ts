import type { Command } from 'commander';
import { formatBytes } from '../../client/format-bytes';
import { StartRefused } from '../../local/start/start-refused';
import { dataLun, gib, groupName, lun } from './arguments';
import { type DiskNow, diskAt, findDisk, findVm, freeLun } from './find';
import type { Running } from './running';

const LUN = 'lun of the disk; "os" (or -1) for the OS disk';

/** Disks that come, go, grow and change their places. */
export function addDiskCommands(command: Command, running: () => Running): void {
  command
    .command('attach')
    .description('attaches a disk to a VM')
    .argument('<vm>', 'name of the VM')
    .argument('<disk>', 'name of the disk')
    .option('--lun <number>', 'the lowest that is free when left out', dataLun)
    .action(async (vmPlace: string, diskPlace: string, options: { lun?: number }) => {
      const { emulator, azure } = running();
      const state = await emulator.state();
      const [vm, disk] = [findVm(state, vmPlace), findDisk(state, diskPlace)];
      const at = options.lun ?? freeLun(vm);
      await azure.attach(vm.id, disk.id, at);
      console.log(`${vm.name} has ${disk.name} at lun ${at}.`);
    });

  command
    .command('detach')
    .description('detaches a data disk from its VM')
    .argument('<vm>', 'name of the VM')
    .argument('<lun>', 'lun of the disk', dataLun)
    .action(async (place: string, at: number) => {
      const { emulator, azure } = running();
      const vm = findVm(await emulator.state(), place);
      const disk = diskAt(vm, at);
      await azure.detach(vm.id, disk.id);
      console.log(`${disk.name} is attached to nothing.`);
    });

  command
    .command('grow')
    .description('makes a disk of a VM larger')
    .argument('<vm>', 'name of the VM')
    .argument('<lun>', LUN, lun)
    .requiredOption('--size <GiB>', 'the new size, in whole GiB', gib)
    .action(async (place: string, at: number, { size }: { size: number }) => {
      const now = running();
      const state = await now.emulator.state();
      const { id } = diskAt(findVm(state, place), at);
      await grow(
        now,
        state.disks.find((disk) => disk.id === id),
        size,
      );
    });

  command
    .command('grow-disk')
    .description('makes a managed disk larger')
    .argument('<disk>', 'name of the disk')
    .requiredOption('--size <GiB>', 'the new size, in whole GiB', gib)
    .action(async (place: string, { size }: { size: number }) => {
      const now = running();
      await grow(now, findDisk(await now.emulator.state(), place), size);
    });

  command
    .command('move-disk')
    .description('moves a managed disk to another resource group')
    .argument('<disk>', 'name of the disk')
    .requiredOption('--group <name>', 'the resource group', groupName)
    .action(async (place: string, { group }: { group: string }) => {
      const { emulator, azure } = running();
      const disk = findDisk(await emulator.state(), place);
      await azure.move([disk.id], group);
      console.log(`${disk.name} is in ${group}.`);
    });

  command
    .command('delete-disk')
    .description('deletes a managed disk that is attached to nothing')
    .argument('<disk>', 'name of the disk')
    .action(async (place: string) => {
      const { emulator, azure } = running();
      const disk = findDisk(await emulator.state(), place);
      await azure.remove(disk.id);
      console.log(`${disk.name} is deleted.`);
    });
}

/** Azure takes a size that is no larger, in whole GiB, without a word: here it is told. */
async function grow({ azure }: Running, disk: DiskNow | undefined, sizeGib: number): Promise<void> {
  if (!disk) throw new StartRefused('The disk is gone.', 'npm run vm -- list shows those that are there.');
  const now = Math.ceil(disk.sizeBytes / 2 ** 30);
  if (sizeGib <= now) {
    throw new StartRefused(
      `${disk.name} has ${formatBytes(disk.sizeBytes)}, which Azure counts as ${now} GiB.`,
      'Name a larger size.',
    );
  }
  await azure.grow(disk.id, sizeGib);
  console.log(`${disk.name} has ${sizeGib} GiB.`);
}
