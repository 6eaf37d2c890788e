// `npm start`: puts the parts together. Azurite, the compute emulator and the functions host run with the app
// on one state folder, until Ctrl-C.

import { existsSync } from 'node:fs';
import path from 'node:path';
import { makeSampleFleet } from '../fleet/sample-fleet';
import { listenForInterruptions } from '../process/interruptions';
import { checkFleet } from './check-fleet';
import { EXIT, explain } from './explain';
import { requireNode } from './node-version';
import { parseStartOptions } from './options';
import { prepareEngine } from './prepare-engine';
import { type System, startSystem } from './system';
import type { SystemOptions } from './system-options';

/** `npm start`: everything runs until Ctrl-C, or until a part dies. */
async function main(args: string[]): Promise<number> {
  requireNode();
  const options = parseStartOptions(args);
  if (options.fleetFile) checkFleet(options.fleetFile);
  if (options.engine) await prepareEngine();

  let system: System | undefined;
  const interruptions = listenForInterruptions(() => {
    system?.kill();
    process.exit(EXIT.interrupted);
  });
  try {
    console.log('Starting ...');
    const fleetFile = await fleetOf(options);
    system = await startSystem({ ...options, fleetFile, signal: interruptions.signal });
  } catch (error) {
    if (interruptions.signal.aborted) return EXIT.done;
    throw error;
  }
  console.log(welcome(system));
  const death = await Promise.race([system.died, interruptions.first]);
  console.log(death ? '' : '\nStopping ...');
  await system.stop();
  if (death) throw death;
  console.log('Stopped. The next start carries on from here.');
  return EXIT.done;
}

/** The fleet that is asked for; else the VMs that the state has; else the sample fleet. */
async function fleetOf({ fleetFile, stateDir }: SystemOptions): Promise<string | undefined> {
  if (fleetFile) return fleetFile;
  const sample = path.join(stateDir, 'fleet');
  const hasOthers = existsSync(path.join(stateDir, 'emulator')) && !existsSync(sample);
  if (hasOthers) return undefined;
  return (await makeSampleFleet(sample, { removing: 'daily', keeping: 'hourly' })).fleetFile;
}

function welcome({ api, emulator, storage, stateDir, logsDir }: System): string {
  return `
  Durable VM Backup runs on this machine.

    API         ${api}
    Compute     ${emulator}
    Azurite     ${storage}
    State       ${stateDir}
    Logs        ${logsDir}

  The fleet           npx vmbackup vm list
  Start a backup      npx vmbackup backup start VM --wait
  What goes on        npx vmbackup job list
  Without it          curl ${api}/vms
  A guest writes      npm run vm -- write VM LUN --image FILE

  Ctrl-C stops everything.
`;
}

main(process.argv.slice(2)).then(
  (exitCode) => process.exit(exitCode),
  (error: unknown) => {
    const { message, exitCode } = explain(error);
    console.error(message);
    process.exit(exitCode);
  },
);
