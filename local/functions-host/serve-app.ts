import { type AppFolder, readAppFolder, withSettings } from './app/app-folder';
import { sdkWarning } from './app/sdk-version';
import { type Clock, systemClock } from './basics/clock';
import { HostError } from './basics/errors';
import { createLog, type Log, type LogLevel, parseLogLevel } from './basics/log';
import type { DurableBackend, StartDurableBackend } from './durable-backend';
import { frontDoor } from './front-door/front-door';
import { invocationOf } from './functions/invocations';
import {
  createRegistry,
  type FunctionKind,
  type LeftOut,
  leftOutLine,
  type Registry,
} from './functions/registry';
import { logUnservedOutputs, unservedOutputsLine } from './functions/unserved-outputs';
import type { Keys } from './http/auth';
import { mostBodyBytes } from './http/body';
import { closeServer, httpServer, listen } from './http/server';
import type { Store } from './store/store';
import { createTimers } from './timers/timers';
import { type AppPool, startAppPool } from './worker/app-pool';
import type { Invocation } from './worker/protocol';

export interface ServeOptions {
  /** The folder with package.json, host.json and local.settings.json. */
  appDir: string;
  /** 0, the default, takes a free one. */
  port?: number;
  /** Threads for activities alone; 0, the default, runs them beside the orchestrators. */
  workers?: number;
  /** Refuse an app of which a function cannot be served; by default it is left out. */
  strict?: boolean;
  /** Overrides the default level of host.json. */
  logLevel?: LogLevel;
  log?: Log;
  clock?: Clock;
  /** What the app sees as its environment; by default that of this process. */
  environment?: NodeJS.ProcessEnv;
}

/** What this host itself serves. */
const HERE: FunctionKind[] = ['http', 'timer'];

interface ServeParts<Backend extends DurableBackend> {
  /** Keeps the schedules; closed by whoever has opened it. */
  store: Store;
  /** Given when keys are enforced. */
  keys: Keys | undefined;
  /** The secret path under which the SDK calls the durable API without a key, if it calls it here. */
  rpcToken?: string;
  /** Whether the timer triggers run here. */
  timers: boolean;
  /** What the durable backend runs. */
  durableKinds: readonly FunctionKind[];
  /** Whether it heeds everything that host.json sets of the durable extension. */
  heedsAllOfDurable: boolean;
  startDurable: StartDurableBackend<Backend>;
}

export interface ServedApp<Backend extends DurableBackend> {
  /** `http://127.0.0.1:<port>` */
  url: string;
  backend: Backend;
  /** Stops everything that the host and the app have started. May be called again. */
  close(): Promise<void>;
}

/**
 * Loads a function app and serves it: HTTP and timer triggers here, orchestrations and activities by the
 * durable backend.
 * @throws HostError when the app, its settings, the backend or the port are not usable.
 */
export async function serveApp<Backend extends DurableBackend>(
  options: ServeOptions,
  parts: ServeParts<Backend>,
): Promise<ServedApp<Backend>> {
  const app = readAppFolder(options.appDir, options.environment);
  const log = options.log ?? logOf(options, app);
  const cleanups: (() => void | Promise<void>)[] = [];
  const cleanUp = async () => {
    for (const step of cleanups.splice(0).reverse()) await step();
  };

  try {
    const door = frontDoor({
      log,
      keys: parts.keys,
      routePrefix: app.host.routePrefix,
      cors: app.cors,
    });
    const settings = withSettings(options.environment ?? process.env, app.values);
    const server = httpServer(door.handle, log, mostBodyBytes(settings));
    const url = await listen(server, options.port ?? 0);
    cleanups.push(() => closeServer(server));

    const env = appEnvironment(options, app, url);
    const rawPool = await startAppPool({
      data: { directory: app.directory, entryPoints: app.entryPoints },
      env,
      log,
      activityThreads: options.workers ?? 0,
      functionTimeoutMs: app.host.functionTimeoutMs,
    });
    cleanups.push(() => rawPool.stop());
    const registry = createRegistry(rawPool.functions, env, [...HERE, ...parts.durableKinds]);
    const pool = withLoggedOutputs(rawPool, registry, log);
    if (options.strict && registry.leftOut.length > 0) {
      throw new HostError(leftOutLine(registry.leftOut), 'Or start without --strict.');
    }
    tellLimits(app, registry, parts, log);

    const backend = await parts.startDurable({ app, env, registry, pool, url, log });
    cleanups.push(() => backend.stop());
    const { binding } = backend;
    const timers = createTimers({
      registry,
      environment: env,
      clock: options.clock ?? systemClock,
      log,
      store: parts.store,
      invoke: (fn, data, retryContext) =>
        pool.invoke({ ...invocationOf(fn, data, () => binding), retryContext }),
    });
    cleanups.push(() => timers.stop());

    const { rpcToken } = parts;
    door.open({ registry, durable: backend.api, origin: url, pool, binding, rpcToken, run: timers.run });
    backend.start();
    if (parts.timers) timers.start();
    log('information', 'host', `${registry.all.length} functions of ${app.directory} are ready at ${url}`);
    let closed: Promise<void> | undefined;
    return { url, backend, close: () => (closed ??= cleanUp()) };
  } catch (error) {
    await cleanUp();
    throw error;
  }
}

const DURABLE_SETTINGS = 'extensions.durableTask.';

/** What of the app is not served, or served otherwise; a line for each kind. */
function tellLimits(
  { directory, host }: AppFolder,
  { all, leftOut }: Registry & { leftOut: LeftOut[] },
  { heedsAllOfDurable }: { heedsAllOfDurable: boolean },
  log: Log,
): void {
  const ignored = host.ignored.filter((path) => !heedsAllOfDurable || !path.startsWith(DURABLE_SETTINGS));
  const lines = [
    leftOut.length > 0 ? leftOutLine(leftOut) : undefined,
    unservedOutputsLine(all),
    ignored.length > 0 ? `Not heeded of host.json: ${ignored.join(', ')}.` : undefined,
    sdkWarning(directory),
  ];
  for (const line of lines) if (line) log('warning', 'host', line);
}

function withLoggedOutputs(pool: AppPool, registry: Registry, log: Log): AppPool {
  const logged = (invoke: AppPool['invoke']) => async (invocation: Invocation) => {
    const response = await invoke(invocation);
    logUnservedOutputs(registry.byName(invocation.functionName), response, log);
    return response;
  };
  return { ...pool, invoke: logged(pool.invoke), invokeActivity: logged(pool.invokeActivity) };
}

function logOf({ logLevel }: ServeOptions, { host: { logLevels } }: AppFolder): Log {
  return createLog({
    level: logLevel ?? parseLogLevel(logLevels.default ?? '') ?? 'information',
    categories: logLevel ? {} : logLevels,
  });
}

/**
 * What the app sees as its environment. Without `WEBSITE_HOSTNAME` the SDK would rewrite links to port 7071.
 */
function appEnvironment(options: ServeOptions, app: AppFolder, url: string): NodeJS.ProcessEnv {
  return {
    AZURE_FUNCTIONS_ENVIRONMENT: 'Development',
    ...withSettings(options.environment ?? process.env, app.values),
    WEBSITE_HOSTNAME: new URL(url).host,
    AzureWebJobsScriptRoot: app.directory,
  };
}
