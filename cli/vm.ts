// Commands on a running system, for what the guests and the administrators of the emulated VMs do: write to a
// disk, switch VMs on and off, move, grow and delete, list what there is, take the bytes of a disk out.

import { Command } from 'commander';
import { RequestFailed } from '../client/request-failed';
import { EXIT, explain } from '../local/start/explain';
import { DEFAULT_STATE } from '../local/start/paths';
import { addContentCommands } from './vm-commands/content';
import { addDiskCommands } from './vm-commands/disks';
import { addPlaceCommands } from './vm-commands/places';
import { addPowerCommands } from './vm-commands/power';
import { runningOn } from './vm-commands/running';

/** `npm run vm --`: what guests and administrators do with the emulated VMs. */
function program(): Command {
  const command = new Command('npm run vm --')
    .description(
      'Works on the emulated VMs of a running system (npm start). ' +
        'A name that several resource groups have is given as group/name.',
    )
    .option('--state <folder>', 'the state folder of the system', DEFAULT_STATE)
    .exitOverride((error) => process.exit(error.exitCode === 0 ? EXIT.done : EXIT.refused));
  const running = () => runningOn(command.opts().state);
  addContentCommands(command, running);
  addPowerCommands(command, running);
  addDiskCommands(command, running);
  addPlaceCommands(command, running);
  return command;
}

function report(error: unknown): never {
  const remedy = error instanceof RequestFailed && error.remedy ? `\n${error.remedy}` : '';
  const { message, exitCode } = explain(error);
  console.error(`${message}${remedy}`);
  process.exit(exitCode);
}

program().parseAsync(process.argv.slice(2), { from: 'user' }).catch(report);
