// The published Durable extension under an app: orchestrations and activities are kept and scheduled by the
// engine (.NET), functions run here, and so do HTTP and timer triggers.

import path from 'node:path';
import { HostError } from '../functions-host/basics/errors';
import type { DurableBackend, LoadedApp } from '../functions-host/durable-backend';
import { type ServeOptions, serveApp } from '../functions-host/serve-app';
import { openStore } from '../functions-host/store/store';
import { DURABLE_KINDS, startEngineProcess } from './engine-process';
import { forward } from './forward';
import { invokeForEngine, type WatchActivity } from './invoke-for-engine';
import { serveEngine } from './node-server';

export interface EngineHostOptions extends ServeOptions {
  /** `engine.dll`, as `buildEngine` answers it. */
  program: string;
  /** Keeps schedules and what the engine reads at its start; everything else lies in the storage account. */
  stateDir: string;
  /** Connection string of the storage account that keeps the hub: blobs, queues and tables. */
  storage: string;
  /** Name of this worker; needed when several of one machine share a hub. */
  role?: string;
  /** Whether timer triggers run here, which one worker of a hub does. */
  timers?: boolean;
  watchActivity?: WatchActivity;
}

export interface EngineHost {
  /** `http://127.0.0.1:<port>` */
  url: string;
  /** Where the extension itself listens; the SDK's client calls it there. */
  rpcUrl: string;
  enginePid: number;
  /** Settles when the engine has ended, asked or not. */
  engineExited: Promise<number | NodeJS.Signals>;
  close(): Promise<void>;
}

interface EngineBackend extends DurableBackend {
  rpcUrl: string;
  pid: number;
  exited: Promise<number | NodeJS.Signals>;
}

/**
 * Serves an app on the published extension. Resolves when the hub runs and all functions are ready.
 * @throws HostError when the app does not load or the engine ends before it is ready.
 */
export async function startEngineHost(options: EngineHostOptions): Promise<EngineHost> {
  const store = openStore(path.join(options.stateDir, 'schedules'));
  try {
    const { url, backend, close } = await serveApp(options, {
      store,
      keys: undefined,
      timers: options.timers ?? true,
      durableKinds: DURABLE_KINDS,
      heedsAllOfDurable: true,
      startDurable: (loaded) => startEngine(loaded, options),
    });
    return {
      url,
      rpcUrl: backend.rpcUrl,
      enginePid: backend.pid,
      engineExited: backend.exited,
      close: () => close().then(() => store.close()),
    };
  } catch (error) {
    store.close();
    throw error;
  }
}

async function startEngine(loaded: LoadedApp, options: EngineHostOptions): Promise<EngineBackend> {
  let binding = {};
  const server = await serveEngine(invokeForEngine(loaded, () => binding, options.watchActivity));
  const engine = startEngineProcess(loaded, {
    program: options.program,
    folder: path.join(options.stateDir, 'engine'),
    storage: options.storage,
    nodeUrl: server.url,
    role: options.role,
  });
  const early = engine.exited.then((how) => {
    throw new HostError(`The engine ended (${how}) before it was ready.`, 'Its log says why.');
  });
  const stop = async () => {
    await engine.stop();
    await server.close();
  };
  try {
    const json = await Promise.race([server.ready, early]);
    binding = { string: json };
    const { rpcBaseUrl } = JSON.parse(json) as { rpcBaseUrl: string };
    return {
      binding,
      api: (request) => forward(new URL(rpcBaseUrl), request),
      rpcUrl: rpcBaseUrl,
      pid: engine.pid,
      exited: engine.exited,
      start: () => undefined,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
