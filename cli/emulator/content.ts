import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { formatBytes } from '../../client/format-bytes';
import { fromHere } from '../../local/start/paths';
import { StartRefused } from '../../local/start/start-refused';
import { lun } from './arguments';
import type { Running } from './running';

/** What there is, and what disks hold. */
export function addContentCommands(command: Command, running: () => Running): void {
  command
    .command('list')
    .description('show the VMs and the managed disks')
    .action(() => list(running()));

  command
    .command('write')
    .description(
      'make a disk of a VM equal to an image, as guest writes: only the pages that differ are written',
    )
    .argument('<vm>', 'name of the VM')
    .argument('<lun>', 'lun of the disk; "os" (or -1) for the OS disk', lun)
    .requiredOption('--image <file>', 'raw image, of the disk’s size')
    .action((vm, disk, { image }) => write(running, vm, disk, fromHere(image)));

  command
    .command('export-disk')
    .description('write the raw bytes of a managed disk to a file')
    .argument('<disk>', 'name of the disk')
    .requiredOption('--out <file>', 'file to write')
    .option('--no-digest', 'make no SHA-256, for which all holes of a disk have to be hashed')
    .action((disk, { out, digest }) => exportDisk(running, disk, fromHere(out), digest));
}

async function list({ emulator }: Running): Promise<void> {
  const { vms, disks } = await emulator.state();
  const row = (lun: string, name: string, sizeBytes: number) =>
    console.log(`  ${lun.padEnd(4)}${name.padEnd(40)} ${formatBytes(sizeBytes)}`);
  /** With its group where the name alone would not do. */
  const placeOf = <T extends { name: string; resourceGroup: string }>(one: T, all: readonly T[]) =>
    all.filter(({ name }) => name.toLowerCase() === one.name.toLowerCase()).length > 1
      ? `${one.resourceGroup}/${one.name}`
      : one.name;
  for (const vm of vms) {
    console.log(`${placeOf(vm, vms)} (${vm.powerState})`);
    for (const { lun, name, sizeBytes } of vm.disks) row(lun === -1 ? 'os' : String(lun), name, sizeBytes);
  }
  const unattached = disks.filter(({ managedBy }) => managedBy === null);
  if (unattached.length > 0) console.log('not attached');
  for (const disk of unattached) row('', placeOf(disk, disks), disk.sizeBytes);
}

async function write(running: () => Running, vm: string, lun: number, image: string): Promise<void> {
  if (!existsSync(image))
    throw new StartRefused(`There is no image ${image}.`, 'Check the path given with --image.');
  const written = await running().emulator.writeImage(vm, lun, image);
  console.log(
    `${vm} wrote ${formatBytes(written.changedBytes)} and cleared ${formatBytes(written.clearedBytes)} ` +
      `in ${written.changedRanges} runs.`,
  );
}

async function exportDisk(running: () => Running, disk: string, out: string, digest: boolean): Promise<void> {
  const folder = path.dirname(out);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new StartRefused(`There is no folder ${folder}.`, 'Check the path given with --out.');
  }
  const { sizeBytes, sha256 } = await running().emulator.exportDisk(disk, out, { digest });
  console.log(`${out}: ${sizeBytes} bytes${sha256 ? `, SHA-256 ${sha256}` : ''}`);
}
