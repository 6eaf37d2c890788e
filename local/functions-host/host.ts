import { randomUUID } from 'node:crypto';
import { type AppFolder, readAppFolder, withSettings } from './app/app-folder';
import { type Clock, systemClock } from './basics/clock';
import { createLog, type Log, type LogLevel, parseLogLevel } from './basics/log';
import { clientBinding, type DurableLinks } from './durable-http/links';
import { frontDoor } from './front-door/front-door';
import { invocationOf } from './functions/invocations';
import { createRegistry } from './functions/registry';
import type { Keys } from './http/auth';
import { mostBodyBytes } from './http/body';
import { closeServer, httpServer, listen } from './http/server';
import type { DurableClient } from './hub/client';
import { createHub } from './hub/hub';
import type { SchemaVersion } from './hub/payload';
import type { TestAids } from './hub/test-aids';
import { openStore, type Store } from './store/store';
import { createTimers } from './timers/timers';
import { startAppPool } from './worker/app-pool';
import type { TypedData } from './worker/protocol';

export interface HostOptions extends TestAids {
  /** The folder with package.json, host.json and local.settings.json. */
  appDir: string;
  /** Where instances, histories, messages and timers are kept. */
  stateDir: string;
  /** 0, the default, takes a free one. */
  port?: number;
  /** Enforce keys; off by default, as in local development with the real host. */
  auth?: boolean;
  /** Threads for activities alone; 0, the default, runs them beside the orchestrators. */
  workers?: number;
  /** Overrides the default level of host.json. */
  logLevel?: LogLevel;
  log?: Log;
  clock?: Clock;
  /** What the app sees as its environment; by default that of this process. */
  environment?: NodeJS.ProcessEnv;
  /** Which replay schema is offered to the SDK. */
  schemaVersion?: SchemaVersion;
}

/** A running host. */
export interface Host {
  /** `http://127.0.0.1:<port>` */
  url: string;
  /** The hub, for tests that look inside. */
  client: DurableClient;
  /** What opens the doors of a host that was started with `auth`. */
  keys: Keys;
  /** Stops everything that the host and the app have started. May be called again. */
  close(): Promise<void>;
}

/**
 * Starts a host for one function app and resolves when it listens and all functions are ready. Several hosts
 * may run in one process, each with a state folder of its own.
 * @throws HostError when the app, its settings, the state folder or the port are not usable.
 */
export async function startHost(options: HostOptions): Promise<Host> {
  const app = readAppFolder(options.appDir);
  const clock = options.clock ?? systemClock;
  const log = options.log ?? logOf(options, app);
  const cleanups: (() => void | Promise<void>)[] = [];
  const cleanUp = async () => {
    for (const step of cleanups.splice(0).reverse()) await step();
  };

  try {
    const store = openStore(options.stateDir);
    cleanups.push(() => store.close());
    const keys = keysOf(store);

    const door = frontDoor({ log, keys: options.auth ? keys : undefined, routePrefix: app.host.routePrefix });
    const settings = withSettings(options.environment ?? process.env, app.values);
    const server = httpServer(door.handle, log, mostBodyBytes(settings));
    const url = await listen(server, options.port ?? 0);
    cleanups.push(() => closeServer(server));

    const rpcToken = randomUUID();
    const links: DurableLinks = {
      base: `${url}/runtime/webhooks/durabletask`,
      hubName: app.host.hubName,
      code: options.auth ? keys.durable() : '',
      rpcBase: `${url}/rpc/${rpcToken}/`,
    };
    const binding: TypedData = { string: clientBinding(links) };

    const env = appEnvironment(options, app, url);
    const pool = await startAppPool({
      data: { directory: app.directory, entryPoints: app.entryPoints },
      env,
      log,
      activityThreads: options.workers ?? 0,
      functionTimeoutMs: app.host.functionTimeoutMs,
    });
    cleanups.push(() => pool.stop());
    const registry = createRegistry(pool.functions, env);

    const hub = createHub({
      store,
      registry,
      clock,
      log,
      settings: app.host,
      pool,
      binding,
      schemaVersion: options.schemaVersion ?? 2,
      aids: options,
    });
    cleanups.push(() => hub.stop());
    const timers = createTimers({
      registry,
      environment: env,
      clock,
      log,
      store,
      invoke: (fn, data, retryContext) =>
        pool.invoke({ ...invocationOf(fn, data, () => binding), retryContext }),
    });
    cleanups.push(() => timers.stop());

    const { client } = hub;
    door.open({ registry, client, links, pool, binding, rpcToken, run: timers.run });
    hub.start();
    timers.start();
    log('information', 'host', `${registry.all.length} functions of ${app.directory} are ready at ${url}`);
    let closed: Promise<void> | undefined;
    return { url, client, keys, close: () => (closed ??= cleanUp()) };
  } catch (error) {
    await cleanUp();
    throw error;
  }
}

function logOf({ logLevel }: HostOptions, { host: { logLevels } }: AppFolder): Log {
  return createLog({
    level: logLevel ?? parseLogLevel(logLevels.default ?? '') ?? 'information',
    categories: logLevel ? {} : logLevels,
  });
}

function keysOf(store: Store): Keys {
  return {
    master: () => store.keys.get('host', 'master'),
    host: () => store.keys.get('host', 'default'),
    durable: () => store.keys.get('system', 'durabletask_extension'),
    functionKey: (name) => store.keys.get(`function:${name}`, 'default'),
  };
}

/**
 * What the app sees as its environment. Without `WEBSITE_HOSTNAME` the SDK would rewrite links to port 7071.
 */
function appEnvironment(options: HostOptions, app: AppFolder, url: string): NodeJS.ProcessEnv {
  return {
    AZURE_FUNCTIONS_ENVIRONMENT: 'Development',
    ...withSettings(options.environment ?? process.env, app.values),
    WEBSITE_HOSTNAME: new URL(url).host,
    AzureWebJobsScriptRoot: app.directory,
  };
}
