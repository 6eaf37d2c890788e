import { Command, InvalidArgumentError } from 'commander';
import { DEFAULT_STATE, fromHere, stateFolder } from './paths';
import type { SystemOptions } from './system-options';

/** Reads the command line of `npm start`. Ends the process with a usage message on what it does not know. */
export function parseStartOptions(args: string[]): SystemOptions {
  const command = new Command('npm start --')
    .description('Runs Azurite, the compute emulator and the app on this machine until Ctrl-C.')
    .option('--fleet <file>', 'the VMs that exist; the sample fleet when left out')
    .option('--state <folder>', 'where everything is kept; a second start carries on from it', DEFAULT_STATE)
    .option('--port <number>', 'port of the HTTP API; a free one when left out', port)
    .option('--emulator-port <number>', 'port of the compute emulator', port)
    .option('--azurite-port <number>', 'port of Azurite', port)
    .option('--workers <number>', 'worker processes for the activities of the app', count)
    .option('--log-level <level>', 'how much the functions host logs')
    .option('--engine', 'the published Durable extension instead of the local functions host; needs .NET')
    .configureHelp({ showGlobalOptions: false })
    .exitOverride((error) => {
      // Commander has printed what is wrong; 2 says that nothing was started.
      process.exit(error.exitCode === 0 ? 0 : 2);
    })
    .parse(args, { from: 'user' });
  const { fleet, state, emulatorPort, azuritePort, workers, logLevel, engine, ...rest } = command.opts();
  return {
    stateDir: stateFolder(state),
    fleetFile: fleet === undefined ? undefined : fromHere(fleet),
    ports: { api: rest.port, emulator: emulatorPort, azurite: azuritePort },
    workers,
    logLevel,
    engine,
  };
}

function port(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= 65_535) return number;
  throw new InvalidArgumentError('A port is a number from 1 to 65535.');
}

function count(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= 64) return number;
  throw new InvalidArgumentError('A number from 1 to 64, please.');
}
