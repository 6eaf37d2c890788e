// `npm run vm`: `vmbackup emulator vm` under the name that it has in a checkout.

import { Command } from 'commander';
import { RequestFailed } from '../client/request-failed';
import { EXIT, explain } from '../local/start/explain';
import { addEmulatedVmCommands } from './emulator/commands';

function program(): Command {
  const command = new Command('npm run vm --')
    .description(
      'Works on the emulated VMs of a running system (npm start). ' +
        'A name that several resource groups have is given as group/name.',
    )
    .option('--state <folder>', 'the state folder of the system; .local when left out')
    .exitOverride((error) => process.exit(error.exitCode === 0 ? EXIT.done : EXIT.refused));
  addEmulatedVmCommands(command);
  return command;
}

function report(error: unknown): never {
  const remedy = error instanceof RequestFailed && error.remedy ? `\n${error.remedy}` : '';
  const { message, exitCode } = explain(error);
  console.error(`${message}${remedy}`);
  process.exit(exitCode);
}

program().parseAsync(process.argv.slice(2), { from: 'user' }).catch(report);
