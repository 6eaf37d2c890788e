import type { Command } from 'commander';
import { emulatedAzure } from '../../client/emulated-azure';
import { emulatorClient } from '../../client/emulator-client';
import type { CommonOptions } from '../command/session';
import { type Example, noun, withExamples } from '../command/verb';
import { runningSystem } from '../connection/running-system';
import { addContentCommands } from './content';
import { addDiskCommands } from './disks';
import { addPlaceCommands } from './places';
import { addPowerCommands } from './power';
import type { Running } from './running';

const EXAMPLES: Readonly<Record<string, Example>> = {
  list: { line: 'list', does: 'the VMs, and the disks that are attached to nothing' },
  write: {
    line: 'write web-1 0 --image changed.img',
    does: 'guest writes: only the pages that differ are written',
  },
  'export-disk': { line: 'export-disk web-1-os --out os.img', does: 'the raw bytes of a managed disk' },
  start: { line: 'start web-1', does: 'switches it on' },
  stop: { line: 'stop web-1', does: 'shuts its guest down' },
  deallocate: { line: 'deallocate web-1', does: 'also gives its place free' },
  attach: { line: 'attach web-1 web-2-data-0 --lun 5', does: 'the lowest free lun without --lun' },
  detach: { line: 'detach web-1 5', does: 'the disk stays' },
  grow: { line: 'grow web-1 os --size 64', does: 'in GiB' },
  'grow-disk': { line: 'grow-disk web-2-data-0 --size 64', does: 'in GiB' },
  'move-disk': { line: 'move-disk web-2-data-0 --group archive', does: 'a disk that is attached to nothing' },
  'delete-disk': { line: 'delete-disk web-2-data-0', does: 'a disk that is attached to nothing' },
  move: { line: 'move web-1 --group archive', does: 'the VM, its disks and interfaces' },
  delete: { line: 'delete web-1', does: 'its disks stay' },
};

/** `vmbackup emulator vm`: the emulated fleet of `npm start`. */
export function addEmulatorCommands(program: Command): void {
  const emulator = noun(program, 'emulator', 'the emulated Azure of npm start');
  const vm = noun(emulator, 'vm', 'what guests and administrators do with the emulated VMs').option(
    '--state <folder>',
    'the system that npm start runs on this state folder',
  );
  addEmulatedVmCommands(vm);
  for (const command of vm.commands) {
    const example = EXAMPLES[command.name()];
    if (example) withExamples(command, [{ ...example, line: `vmbackup emulator vm ${example.line}` }]);
  }
}

/** What guests and administrators do with the emulated VMs, below any command that has `--state`. */
export function addEmulatedVmCommands(command: Command): void {
  const running = () => runningOn(command.optsWithGlobals<CommonOptions>().state);
  addContentCommands(command, running);
  addPowerCommands(command, running);
  addDiskCommands(command, running);
  addPlaceCommands(command, running);
}

/** Throws `StartRefused` when nothing runs on the state folder. */
function runningOn(state: string | undefined): Running {
  const { emulator } = runningSystem(state).addresses;
  return { emulator: emulatorClient(emulator), azure: emulatedAzure(emulator) };
}
