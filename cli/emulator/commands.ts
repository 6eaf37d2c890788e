import type { Command } from 'commander';
import { emulatedAzure } from '../../client/emulated-azure';
import { emulatorClient } from '../../client/emulator-client';
import type { CommonOptions } from '../command/session';
import { noun } from '../command/verb';
import { runningSystem } from '../connection/running-system';
import { addContentCommands } from './content';
import { addDiskCommands } from './disks';
import { addPlaceCommands } from './places';
import { addPowerCommands } from './power';
import type { Running } from './running';

/** `vmbackup emulator vm`: the emulated fleet of `npm start`. */
export function addEmulatorCommands(program: Command): void {
  const emulator = noun(program, 'emulator', 'the emulated Azure of npm start');
  addEmulatedVmCommands(
    noun(emulator, 'vm', 'what guests and administrators do with the emulated VMs').option(
      '--state <folder>',
      'the system that npm start runs on this state folder',
    ),
  );
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
