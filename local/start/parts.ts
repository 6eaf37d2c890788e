import path from 'node:path';
import type { Azurite, AzuriteOptions } from '../azurite/azurite';
import type { PartSpec, ReadyMessage } from '../process/part';
import { processSettings } from '../process/process-settings';
import { compiled, projectRoot } from '../process/project-root';
import type { StateFolder } from './state-folder';
import type { SystemOptions } from './system-options';

/** How Azurite is started. */
export const azuriteOptions = (state: StateFolder, port: number): AzuriteOptions => ({
  location: state.path('azurite'),
  port,
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
  { workers, logLevel }: SystemOptions,
  settings: Record<string, string>,
): PartSpec {
  const args = ['--app', projectRoot(), '--state', state.path('host'), '--port', String(port)];
  if (workers) args.push('--workers', String(workers));
  if (logLevel) args.push('--log-level', logLevel);
  const { execArgv, env } = processSettings();
  return {
    name: 'The functions host',
    script: compiled('local', 'functions-host', 'main.js'),
    args,
    execArgv,
    env: { ...env, ...settings },
    logFile: state.path('logs', 'host.log'),
  };
}

/** The app settings that connect the parts; on Azure the same names hold the real endpoints. */
export const appSettings = (
  azurite: Azurite,
  emulator: ReadyMessage,
  { settings }: SystemOptions,
): Record<string, string> => ({
  AzureWebJobsStorage: azurite.connectionString,
  VaultStorage: azurite.connectionString,
  VaultContainer: 'vault',
  ComputeEndpoint: emulator.url,
  ComputeAllowInsecureLoopback: 'true',
  Subscriptions: emulator.subscriptionId ?? '',
  ...settings,
});
