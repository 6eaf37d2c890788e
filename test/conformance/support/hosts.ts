import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startAzurite } from '../../../local/azurite/azurite';
import { buildEngine } from '../../../local/durable-engine/dotnet';
import { startEngineHost } from '../../../local/durable-engine/engine-host';
import { startHost } from '../../../local/functions-host';
import { QUICK_ENGINE } from '../../../local/start/parts';
import type { HostUnderTest } from './tools';

const APP = path.join(__dirname, '..', 'app');

/** The app of the cases on the local functions host. */
export async function startLocalHost(appDir = APP): Promise<HostUnderTest> {
  const folder = mkdtempSync(path.join(tmpdir(), 'conformance-'));
  const host = await startHost({ appDir, stateDir: folder, log: () => undefined });
  return {
    url: host.url,
    lookEveryMs: 20,
    async close() {
      await host.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The same on the published extension, with a storage account of its own in memory. */
export async function startEngine(appDir = APP): Promise<HostUnderTest> {
  const folder = mkdtempSync(path.join(tmpdir(), 'conformance-engine-'));
  const program = await buildEngine();
  const azurite = await startAzurite({ allServices: true });
  const host = await startEngineHost({
    appDir,
    stateDir: folder,
    program,
    storage: azurite.connectionString,
    environment: { ...process.env, ...QUICK_ENGINE },
    log: () => undefined,
  }).catch(async (error: unknown) => {
    await azurite.stop();
    throw error;
  });
  return {
    url: host.url,
    rpcUrl: host.rpcUrl,
    lookEveryMs: 150,
    async close() {
      await host.close();
      await azurite.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
