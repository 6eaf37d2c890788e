import path from 'node:path';
import type { Azurite, AzuriteOptions } from '../azurite/azurite';
import type { PartSpec, ReadyMessage } from '../process/part';
import { processSettings } from '../process/process-settings';
import { compiled, projectRoot } from '../process/project-root';
import type { StateFolder } from './state-folder';
import type { SystemOptions } from './system-options';

/** How Azurite is started. The task hub of the engine lies there too. */
export const azuriteOptions = (
  state: StateFolder,
  port: number,
  { engine }: SystemOptions,
): AzuriteOptions => ({
  location: state.path('azurite'),
  port,
  allServices: engine,
  logFile: state.path('logs', 'azurite.log'),
});

/** How the compute emulator is started. */
export function emulatorSpec(state: StateFolder, port: number, { fleetFile }: SystemOptions): PartSpec {
  const args = ['--state', state.path('emulator'), '--port', String(port)];
  if (fleetFile) args.push('--fleet', path.resolve(fleetFile));
  return {
    name: 'The compute emulator',
    script: compiled('local', 'compute-emulator', 'main.js'),
    args,
    logFile: state.path('logs', 'emulator.log'),
  };
}

/** How the functions host is started, with the settings of the app. */
export function hostSpec(
  state: StateFolder,
  port: number,
  { workers, logLevel, engine }: SystemOptions,
  settings: Record<string, string>,
): PartSpec {
  const args = ['--app', projectRoot(), '--state', state.path('host'), '--port', String(port)];
  if (workers) args.push('--workers', String(workers));
  if (logLevel) args.push('--log-level', logLevel);
  const { execArgv, env } = processSettings();
  return {
    name: 'The functions host',
    script: compiled('local', engine ? 'durable-engine' : 'functions-host', 'main.js'),
    args,
    execArgv,
    env: { ...env, ...(engine ? QUICK_ENGINE : {}), ...settings },
    logFile: state.path('logs', 'host.log'),
    ...(engine && { readyWithinMs: ENGINE_READY_WITHIN_MS }),
  };
}

/** .NET, and leases in a storage account that is new. */
const ENGINE_READY_WITHIN_MS = 180_000;

/**
 * The engine looks for work every half second instead of every 30: nobody pays for a request here. What a
 * worker that was killed had taken comes back after a minute, the least that the extension allows, instead of
 * five. Named as Azure Functions has settings override host.json ("host.json reference").
 */
const STORAGE_PROVIDER = 'AzureFunctionsJobHost__extensions__durableTask__storageProvider__';
export const QUICK_ENGINE: Record<string, string> = {
  [`${STORAGE_PROVIDER}maxQueuePollingInterval`]: '00:00:00.500',
  [`${STORAGE_PROVIDER}controlQueueVisibilityTimeout`]: '00:01:00',
  [`${STORAGE_PROVIDER}workItemQueueVisibilityTimeout`]: '00:01:00',
};

/** The app settings that connect the parts; on Azure the same names hold the real endpoints. */
export const appSettings = (
  azurite: Pick<Azurite, 'connectionString'>,
  emulator: Pick<ReadyMessage, 'url' | 'subscriptionId'>,
  { settings }: Pick<SystemOptions, 'settings'>,
): Record<string, string> => ({
  AzureWebJobsStorage: azurite.connectionString,
  VaultStorage: azurite.connectionString,
  VaultContainer: 'vault',
  ComputeEndpoint: emulator.url,
  ComputeAllowInsecureLoopback: 'true',
  Subscriptions: emulator.subscriptionId ?? '',
  ...settings,
});
