import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { LoadedApp } from '../functions-host/durable-backend';
import type { FunctionKind } from '../functions-host/functions/registry';

/** The functions that the extension runs. */
export const DURABLE_KINDS: readonly FunctionKind[] = ['orchestrator', 'activity', 'entity'];

export interface EngineProcessOptions {
  /** `engine.dll` */
  program: string;
  /** Holds what the engine reads at its start. */
  folder: string;
  /** Connection string of the storage account that keeps the hub: blobs, queues and tables. */
  storage: string;
  /** Where the engine has functions run. Ends in a slash. */
  nodeUrl: string;
  /** Name of this worker; needed when several of one machine share a hub. */
  role?: string;
}

export interface EngineProcess {
  pid: number;
  /** Settles with the exit code or the signal. */
  exited: Promise<number | NodeJS.Signals>;
  /** Lets it give its partitions back. */
  stop(): Promise<void>;
}

/**
 * What the engine must not see of our environment: by these it would take itself for a plan of Azure, or
 * another program.
 */
const NOT_FOR_THE_ENGINE =
  /^(CONTAINER_NAME|WEBSITE_.*|ASPNETCORE_.*|DOTNET_ENVIRONMENT|APPLICATIONINSIGHTS_.*|NODE_OPTIONS)$/;
/** The engine gives up its storage after 15 s; it has long ended by then. */
const STOP_WITHIN_MS = 25_000;

/** Starts the engine for an app. It writes its log where this process writes its own. */
export function startEngineProcess(
  { app, registry, url, env }: LoadedApp,
  options: EngineProcessOptions,
): EngineProcess {
  const { program, folder, storage, nodeUrl, role } = options;
  mkdirSync(folder, { recursive: true });
  const file = (name: string) => path.join(folder, name);
  const functions = registry.all
    .filter(({ kind }) => DURABLE_KINDS.includes(kind))
    .map(({ name, kind }) => ({ name, kind }));
  writeFileSync(file('functions.json'), JSON.stringify(functions));
  copyFileSync(path.join(app.directory, 'host.json'), file('host.json'));
  const inherited = Object.entries(env).filter(([name]) => !NOT_FOR_THE_ENGINE.test(name));
  const child = spawn('dotnet', [program], {
    cwd: folder,
    stdio: ['pipe', 'inherit', 'inherit'],
    env: {
      ...Object.fromEntries(inherited),
      // Puts the extension into its protocol for other languages than .NET.
      FUNCTIONS_WORKER_RUNTIME: 'node',
      AzureWebJobsStorage: storage,
      ENGINE_FUNCTIONS: file('functions.json'),
      ENGINE_HOST_JSON: file('host.json'),
      ENGINE_NODE_URL: nodeUrl,
      ENGINE_FRONT_URL: url,
      // Both, or all engines of a machine are one worker, and each owns all partitions.
      ...(role && { WEBSITE_CURRENT_STAMPNAME: 'local', RoleInstanceId: role }),
      // The web server inside the extension is a host of its own, which logs every request.
      Logging__LogLevel__Default: 'Warning',
    },
  });
  const exited = once(child, 'exit').then(([code, signal]) => (signal ?? code) as number | NodeJS.Signals);
  child.stdin.on('error', () => undefined);
  return {
    pid: child.pid ?? 0,
    exited,
    async stop() {
      child.stdin.end();
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
      await exited;
      clearTimeout(timer);
    },
  };
}
