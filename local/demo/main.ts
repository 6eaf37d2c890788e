// `npm run demo`: backs the sample fleet up and restores it, through the HTTP API of the app, and compares
// what came back. It shows the process; no part of the system knows of it.

import { cpSync, existsSync, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { apiClient } from '../../client/api-client';
import { emulatorClient } from '../../client/emulator-client';
import { makeSampleFleet } from '../fleet/sample-fleet';
import { type Interruptions, listenForInterruptions } from '../process/interruptions';
import { EXIT, explain } from '../start/explain';
import { requireNode } from '../start/node-version';
import { prepareEngine } from '../start/prepare-engine';
import { type System, startSystem } from '../start/system';
import { parseDemoOptions } from './options';
import { PATIENCE, POLICIES } from './parts';
import { type Outcome, runProcess } from './process';
import { createScreen, type Screen } from './screen';

/** `npm run demo`: the whole process in a temporary folder, from an empty vault to compared restores. */
async function main(args: string[]): Promise<number> {
  requireNode();
  const { engine } = parseDemoOptions(args);
  if (engine) await prepareEngine();
  const begun = performance.now();
  const screen = createScreen(process.stdout);
  const folder = await mkdtemp(path.join(tmpdir(), 'durable-vm-backup-demo-'));
  let system: System | undefined;
  const interruptions = listenForInterruptions(() => {
    screen.progress([]);
    system?.kill();
    rmSync(folder, { recursive: true, force: true });
    process.exit(EXIT.interrupted);
  });
  try {
    const outcome = await inFolder(folder, screen, engine, interruptions, (started) => {
      system = started;
    });
    if (outcome.problems.length > 0) keepLogs(folder, screen);
    return tellOutcome(screen, outcome, performance.now() - begun);
  } catch (error) {
    screen.progress([]);
    if (!interruptions.signal.aborted) {
      keepLogs(folder, screen);
      throw error;
    }
    screen.line();
    screen.line('Stopped. Nothing is left running, and nothing of yours was touched.');
    return EXIT.interrupted;
  } finally {
    await system?.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function inFolder(
  folder: string,
  screen: Screen,
  engine: boolean,
  { signal }: Interruptions,
  started: (system: System) => void,
): Promise<Outcome> {
  screen.title('Durable VM Backup: the whole process on this machine');
  screen.line('Making disk images with file systems in them ...');
  const fleet = await makeSampleFleet(path.join(folder, 'fleet'), POLICIES);
  signal.throwIfAborted();
  const system = await startSystem({
    stateDir: path.join(folder, 'state'),
    fleetFile: fleet.fleetFile,
    settings: { SchedulerInterval: '* * * * * *' },
    engine,
    signal,
  });
  started(system);
  screen.line();
  screen.line(`Azurite        ${system.storage}`);
  screen.line(`Compute        ${system.emulator}`);
  screen.line(`HTTP API       ${system.api}`);
  const api = apiClient(system.api, { signal });
  const emulator = emulatorClient(system.emulator, signal);
  // A part that dies ends the demo at once; the calls that hang on it are given up.
  const death = system.died.then((died) => Promise.reject(died));
  return Promise.race([runProcess({ api, emulator, fleet, screen, signal, patience: PATIENCE }), death]);
}

/** What went wrong can be read up after everything else is gone. */
function keepLogs(folder: string, screen: Screen): void {
  const logs = path.join(folder, 'state', 'logs');
  if (!existsSync(logs)) return;
  const kept = `${folder}-logs`;
  cpSync(logs, kept, { recursive: true });
  screen.line(`The logs of the parts are kept in ${kept}`);
}

function tellOutcome(screen: Screen, { problems, comparisons }: Outcome, milliseconds: number): number {
  const seconds = Math.round(milliseconds / 1000);
  if (problems.length === 0) {
    screen.line();
    screen.line('npm start keeps such a system running, with this fleet or one of your own.');
    screen.line('Then, in another terminal: npx vmbackup vm list');
    screen.verdict(`All ${comparisons.length} disks came back to the byte. ${seconds} s.`, true);
    return EXIT.done;
  }
  for (const problem of problems) screen.line(problem);
  const count = problems.length === 1 ? 'One thing is' : `${problems.length} things are`;
  screen.verdict(`${count} not as promised. ${seconds} s.`, false);
  return EXIT.failed;
}

main(process.argv.slice(2)).then(
  (exitCode) => process.exit(exitCode),
  (error: unknown) => {
    const { message, exitCode } = explain(error);
    console.error(`\n${message}`);
    process.exit(exitCode);
  },
);
