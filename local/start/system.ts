import path from 'node:path';
import { type Azurite, startAzurite } from '../azurite/azurite';
import {
  deathOf,
  type Part,
  type PartDied,
  type PartSpec,
  type StartWatch,
  startPart,
} from '../process/part';
import { appSettings, azuriteOptions, emulatorSpec, hostSpec } from './parts';
import { choosePorts, type PortChoice, rememberPorts, startOn } from './ports';
import { prepareEngine } from './prepare-engine';
import { type Addresses, type StateFolder, takeStateFolder } from './state-folder';
import type { SystemOptions } from './system-options';
import { noteSystem } from './systems-of-dist';

export interface System extends Addresses {
  stateDir: string;
  logsDir: string;
  parts: readonly Part[];
  /** Settles when a part has ended without being asked to; the others still run then. */
  died: Promise<PartDied>;
  /** Ends the parts in order, so that nobody talks to one that has gone, and gives the state folder free. */
  stop(): Promise<void>;
  /** Ends everything at once. */
  kill(): void;
}

/**
 * Starts Azurite, the compute emulator and the functions host, each in a process of its own on the
 * loopback, and settles when all of them answer. Rejects with `StartRefused` before anything runs, or with
 * `PartDied` after ending the others.
 */
export async function startSystem(options: SystemOptions): Promise<System> {
  if (options.engine) await prepareEngine();
  const state = await takeStateFolder(path.resolve(options.stateDir));
  const forget = noteSystem(state.dir);
  const release = () => {
    forget();
    state.release();
  };
  const parts: Part[] = [];
  let stopping = false;
  const stop = async () => {
    stopping = true;
    for (const part of parts.toReversed()) await part.stop();
    release();
  };
  try {
    const addresses = await startParts(state, options, (part) => parts.push(part));
    state.announce(addresses);
    return {
      ...addresses,
      stateDir: state.dir,
      logsDir: state.path('logs'),
      parts,
      died: firstDeath(parts, () => stopping),
      stop,
      kill() {
        stopping = true;
        for (const part of parts) part.kill();
        release();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startParts(
  state: StateFolder,
  options: SystemOptions,
  started: (part: Part) => void,
): Promise<Addresses> {
  const ports = await choosePorts(options.ports ?? {}, state.path('ports.json'));
  const watch: StartWatch = { onSpawn: state.addPart, signal: options.signal };
  const start = async (choice: PortChoice, spec: (port: number) => PartSpec): Promise<Part> => {
    const part = await startOn(choice, (port) => startPart(spec(port), watch));
    started(part);
    return part;
  };
  const storage = async (): Promise<Azurite> => {
    const azurite = await startOn(ports.azurite, (port) =>
      startAzurite(azuriteOptions(state, port, options), watch),
    );
    started(azurite.part);
    return azurite;
  };
  const [azurite, emulator] = await both(
    storage(),
    start(ports.emulator, (port) => emulatorSpec(state, port, options)),
  );
  const settings = appSettings(azurite, emulator.ready, options);
  const host = await start(ports.api, (port) => hostSpec(state, port, options, settings));
  const portOf = ({ ready }: Part) => Number(new URL(ready.url).port);
  rememberPorts(
    { api: portOf(host), emulator: portOf(emulator), azurite: portOf(azurite.part) },
    state.path('ports.json'),
  );
  return {
    api: `${host.ready.url.replace(/\/$/, '')}/api`,
    emulator: emulator.ready.url,
    subscriptionId: emulator.ready.subscriptionId ?? '',
    storage: azurite.blobEndpoint,
    connectionString: azurite.connectionString,
  };
}

/** Both results, or the first failure once neither is under way any more. */
async function both<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([first, second]);
  return Promise.all([first, second]);
}

/** Nothing is restarted silently: whoever watches ends the rest and tells. */
function firstDeath(parts: readonly Part[], stopping: () => boolean): Promise<PartDied> {
  return new Promise((resolve) => {
    for (const part of parts) {
      void part.exited.then((exit) => stopping() || resolve(deathOf(part, exit)));
    }
  });
}
