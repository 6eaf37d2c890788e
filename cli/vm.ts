// Commands on a running system, for what the guests and the administrators of the emulated VMs do: write to a
// disk, list what there is, take the bytes of a disk out.

import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { emulatorClient } from '../client/emulator-client';
import { formatBytes } from '../client/format-bytes';
import { RequestFailed } from '../client/request-failed';
import { EXIT, explain } from '../local/start/explain';
import { DEFAULT_STATE, fromHere } from '../local/start/paths';
import { StartRefused } from '../local/start/start-refused';
import { findRunningSystem } from './running-system';

/** `npm run vm --`: what guests and administrators do with the emulated VMs. */
function program(): Command {
  const command = new Command('npm run vm --')
    .description('Works on the emulated VMs of a running system (npm start).')
    .option('--state <folder>', 'the state folder of the system', DEFAULT_STATE)
    .exitOverride((error) => process.exit(error.exitCode === 0 ? EXIT.done : EXIT.refused));

  command
    .command('list')
    .description('show the VMs and the managed disks')
    .action(() => list(command.opts().state));

  command
    .command('write')
    .description(
      'make a disk of a VM equal to an image, as guest writes: only the pages that differ are written',
    )
    .argument('<vm>', 'name of the VM')
    .argument('<lun>', 'lun of the disk; "os" (or -1) for the OS disk', lun)
    .requiredOption('--image <file>', 'raw image, of the disk’s size')
    .action((vm, disk, { image }) => write(command.opts().state, vm, disk, fromHere(image)));

  command
    .command('export-disk')
    .description('write the raw bytes of a managed disk to a file')
    .argument('<disk>', 'name of the disk')
    .requiredOption('--out <file>', 'file to write')
    .option('--no-digest', 'make no SHA-256, for which all holes of a disk have to be hashed')
    .action((disk, { out, digest }) => exportDisk(command.opts().state, disk, fromHere(out), digest));

  return command;
}

async function list(state: string): Promise<void> {
  const { vms, disks } = await emulatorClient(findRunningSystem(state).emulator).state();
  const row = (lun: string, name: string, sizeBytes: number) =>
    console.log(`  ${lun.padEnd(4)}${name.padEnd(40)} ${formatBytes(sizeBytes)}`);
  for (const vm of vms) {
    console.log(`${vm.name} (${vm.powerState})`);
    for (const { lun, name, sizeBytes } of vm.disks) row(lun === -1 ? 'os' : String(lun), name, sizeBytes);
  }
  const unattached = disks.filter(({ managedBy }) => managedBy === null);
  if (unattached.length > 0) console.log('not attached');
  for (const { name, sizeBytes } of unattached) row('', name, sizeBytes);
}

async function write(state: string, vm: string, lun: number, image: string): Promise<void> {
  if (!existsSync(image))
    throw new StartRefused(`There is no image ${image}.`, 'Check the path given with --image.');
  const written = await emulatorClient(findRunningSystem(state).emulator).writeImage(vm, lun, image);
  console.log(
    `${vm} wrote ${formatBytes(written.changedBytes)} and cleared ${formatBytes(written.clearedBytes)} ` +
      `in ${written.changedRanges} runs.`,
  );
}

async function exportDisk(state: string, disk: string, out: string, digest: boolean): Promise<void> {
  const folder = path.dirname(out);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new StartRefused(`There is no folder ${folder}.`, 'Check the path given with --out.');
  }
  const { emulator } = findRunningSystem(state);
  const { sizeBytes, sha256 } = await emulatorClient(emulator).exportDisk(disk, out, { digest });
  console.log(`${out}: ${sizeBytes} bytes${sha256 ? `, SHA-256 ${sha256}` : ''}`);
}

function lun(text: string): number {
  const number = text === 'os' ? -1 : Number(text);
  if (Number.isInteger(number) && number >= -1 && number <= 63) return number;
  throw new InvalidArgumentError('A lun is a number from 0 to 63, or "os".');
}

function report(error: unknown): never {
  const remedy = error instanceof RequestFailed && error.remedy ? `\n${error.remedy}` : '';
  const { message, exitCode } = explain(error);
  console.error(`${message}${remedy}`);
  process.exit(exitCode);
}

program().parseAsync(process.argv.slice(2), { from: 'user' }).catch(report);
