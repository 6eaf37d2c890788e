import { Command } from 'commander';

/**
 * Reads the command line of `npm run demo`. Ends the process with a usage message on what it does not
 * know.
 */
export function parseDemoOptions(args: string[]): { engine: boolean } {
  const { engine = false } = new Command('npm run demo --')
    .description('Backs the sample fleet up, restores it, and compares what came back.')
    .option('--engine', 'the published Durable extension instead of the local functions host; needs .NET')
    .exitOverride((error) => {
      // Commander has printed what is wrong; 2 says that nothing was started.
      process.exit(error.exitCode === 0 ? 0 : 2);
    })
    .parse(args, { from: 'user' })
    .opts<{ engine?: boolean }>();
  return { engine };
}
