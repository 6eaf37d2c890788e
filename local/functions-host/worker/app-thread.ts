import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { type Core, createCore } from './core-module';
import { injectCore } from './injection';
import { invoke, type ThreadLog } from './invoke';
import type { FromThread, Invocation, ThreadData, ToThread } from './protocol';

// The entry point of a thread that runs a function app. Everything that the app registers, opens or leaves
// behind lives and dies with this thread: its modules, its environment, its sockets.

const VERSIONS = { worker: '3.11.0', host: '4.1037.0' };

const send = (message: FromThread) => parentPort?.postMessage(message);
const log: ThreadLog = (level, source, message) => send({ type: 'log', level, source, message });

async function loadApp(core: Core, { directory, entryPoints }: ThreadData): Promise<void> {
  const require = createRequire(join(directory, 'package.json'));
  const isModule = (require('./package.json') as { type?: string }).type === 'module';
  for (const file of entryPoints) {
    try {
      if (file.endsWith('.mjs') || (isModule && !file.endsWith('.cjs')))
        await import(pathToFileURL(file).href);
      else require(file);
    } catch (error) {
      const { message, stack } = asError(error);
      throw Object.assign(new Error(`The app does not load: ${file}: ${message}`), { stack });
    }
  }
  core.lock();
}

async function start(data: ThreadData): Promise<void> {
  const core = createCore(VERSIONS, (level, message) => log(level, 'host', message));
  injectCore(core.module);
  const appHookData = {};
  const hookData = {};
  await loadApp(core, data);
  await core.runHooks('appStart', { hookData, appHookData, functionAppDirectory: data.directory });
  const capabilities = (await core.model()?.getCapabilities({})) ?? {};

  parentPort?.on('message', async (message: ToThread) => {
    if (message.type === 'invoke') return answer(core, message.invocation, appHookData);
    await core.runHooks('appTerminate', { hookData, appHookData });
    send({ type: 'stopped' });
  });
  const functions = [...core.functions.values()].map(({ metadata }) => metadata);
  send({ type: 'ready', functions: JSON.parse(JSON.stringify(functions)), httpUri: capabilities.HttpUri });
}

async function answer(core: Core, invocation: Invocation, appHookData: object): Promise<void> {
  const { invocationId } = invocation;
  try {
    send({ type: 'result', invocationId, response: await invoke(core, invocation, appHookData, log) });
  } catch (error) {
    const { message, stack } = asError(error);
    send({ type: 'error', invocationId, message, stack });
  }
}

function asError(thrown: unknown): { message: string; stack?: string } {
  return thrown instanceof Error ? thrown : { message: String(thrown) };
}

start(workerData as ThreadData).catch((error: unknown) => {
  const { message, stack } = asError(error);
  send({ type: 'failed', message, stack });
});
