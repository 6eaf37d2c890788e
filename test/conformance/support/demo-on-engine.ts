import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { apiClient } from '../../../client/api-client';
import { emulatorClient } from '../../../client/emulator-client';
import { PATIENCE, type Patience, POLICIES } from '../../../local/demo/parts';
import { type Outcome, runProcess } from '../../../local/demo/process';
import { createScreen } from '../../../local/demo/screen';
import { makeSampleFleet } from '../../../local/fleet/sample-fleet';
import { type Part, startPart } from '../../../local/process/part';
import { compiled, projectRoot } from '../../../local/process/project-root';
import { appSettings, QUICK_ENGINE } from '../../../local/start/parts';
import { type System, startSystem } from '../../../local/start/system';
import { type HubTables, NON_DETERMINISM, readHub } from './hub-tables';

/** What became of a demo on the engine. */
export interface DemoOnEngine {
  outcome: Outcome;
  /** The hub, when nothing is running any more. */
  hub: HubTables;
  /** In which activities workers were killed, in their order. */
  kills: string[];
}

const SETTINGS = { SchedulerInterval: '* * * * * *' };
const HUB = 'DurableVmBackup';
/** Beside the one that has the HTTP API and the timers, which lives on. */
const FURTHER_WORKERS = 2;

/**
 * Runs the demo of the compiled app on the engine.
 * @param dieIn activities in each of which one worker dies: then two more workers share the hub and the list,
 * and each that is killed has a successor.
 */
export async function demoOnEngine(dieIn: string[] = []): Promise<DemoOnEngine> {
  const folder = mkdtempSync(path.join(tmpdir(), 'demo-on-engine-'));
  const abort = new AbortController();
  const fleet = await makeSampleFleet(path.join(folder, 'fleet'), POLICIES);
  const system = await startSystem({
    stateDir: path.join(folder, 'state'),
    fleetFile: fleet.fleetFile,
    settings: SETTINGS,
    engine: true,
  });
  const workers = dieIn.length > 0 ? startWorkers(system, path.join(folder, 'workers'), dieIn) : undefined;
  try {
    await workers?.ready;
    const api = apiClient(system.api, { signal: abort.signal });
    const emulator = emulatorClient(system.emulator, abort.signal);
    const screen = createScreen(process.stdout);
    const patience = patienceFor(dieIn.length);
    const death = system.died.then((died) => Promise.reject(died));
    const running = runProcess({ api, emulator, fleet, screen, patience, signal: abort.signal });
    const drift = untilDrift(system.connectionString, abort.signal);
    for (const loser of [running, death, drift]) loser.catch(() => undefined);
    const outcome = await Promise.race([running, death, drift]);
    const hub = await hubAtRest(system.connectionString);
    return { outcome, hub, kills: workers?.kills ?? [] };
  } finally {
    abort.abort();
    await workers?.stop();
    await system.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What a killed worker had taken comes back after a minute, and may be what everything waits for. */
const patienceFor = (kills: number): Patience => ({
  startWithinSeconds: PATIENCE.startWithinSeconds + kills * 60,
  endWithinSeconds: PATIENCE.endWithinSeconds + kills * 120,
});

/**
 * Rejects when an orchestration has failed as non-deterministic: its job would wait for a sweep, and the demo
 * for the job.
 */
async function untilDrift(connectionString: string, signal: AbortSignal): Promise<never> {
  for (;;) {
    const { instances } = await readHub(connectionString, HUB);
    const drifted = instances.find(({ Output }) => NON_DETERMINISM.test(String(Output)));
    if (drifted) throw new Error(`${drifted.PartitionKey}: ${drifted.Output}`);
    await pause(LOOK_FOR_DRIFT_MS, undefined, { signal });
  }
}

const LOOK_FOR_DRIFT_MS = 5_000;

/**
 * The hub, once nothing is under way in it: the demo's own jobs have ended, their orchestrators may
 * not have.
 */
async function hubAtRest(connectionString: string): Promise<HubTables> {
  for (let look = 0; ; look++) {
    const hub = await readHub(connectionString, HUB);
    const isAtRest = hub.instances.every(({ RuntimeStatus }) =>
      ['Completed', 'Failed', 'Terminated'].includes(String(RuntimeStatus)),
    );
    if (isAtRest || look === LOOKS_AT_HUB) return hub;
    await pause(1_000);
  }
}

/** A worker's messages that died with it come back after a minute. */
const LOOKS_AT_HUB = 150;

function startWorkers(system: System, folder: string, dieIn: string[]) {
  const kills: string[] = [];
  const parts = new Set<Part>();
  let count = 0;
  let stopping = false;
  /** Starts a worker that dies in the first of these in which none has died yet, and then its successor. */
  const next = async (): Promise<void> => {
    const role = `w${++count}`;
    const logFile = path.join(folder, `${role}.log`);
    const part = await startPart(workerSpec(system, folder, logFile, role, dieIn));
    parts.add(part);
    void part.exited.then(() => {
      parts.delete(part);
      const killed = /kill -9 in (\w+)/.exec(readFileSync(logFile, 'utf8'))?.[1];
      if (killed) kills.push(killed);
      if (!stopping) void next().catch((error: unknown) => console.error(error));
    });
  };
  const ready = (async () => {
    for (let worker = 0; worker < FURTHER_WORKERS; worker++) await next();
  })();
  return {
    kills,
    ready,
    async stop() {
      stopping = true;
      await Promise.all([...parts].map((part) => part.stop()));
    },
  };
}

function workerSpec(system: System, folder: string, logFile: string, role: string, dieIn: string[]) {
  const emulator = { url: system.emulator, subscriptionId: system.subscriptionId };
  return {
    name: `Worker ${role}`,
    script: compiled('local', 'durable-engine', 'main.js'),
    args: [
      ...[
        '--app',
        projectRoot(),
        '--state',
        path.join(folder, role),
        '--role',
        role,
        '--no-timers',
        '--log-level',
        'warning',
      ],
      ...['--die-in', dieIn.join(','), '--deaths', path.join(folder, 'deaths')],
    ],
    env: { ...QUICK_ENGINE, ...appSettings(system, emulator, { settings: SETTINGS }) },
    logFile,
    readyWithinMs: 240_000,
  };
}
