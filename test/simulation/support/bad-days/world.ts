import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type JumpingClock, jumpingClock } from '../../../../local/functions-host';
import { type EmulatedAzure, emulatedAzure } from '../../../functions/support/emulated-azure';
import { type BlobService, startBlobService } from '../blob-service';
import { cloudSettings } from '../cloud-settings';
import { type SimulatedApp, startSimulatedApp } from '../simulated-app';
import { type SimulatedAzure, startSimulatedAzure } from '../simulated-azure';
import { FLEET, POLICIES, START } from './fleet';

/** The whole system, in which anything may be taken away and put back. */
export interface World {
  readonly app: SimulatedApp;
  clock: JumpingClock;
  azure: SimulatedAzure;
  arm: EmulatedAzure;
  blobs: BlobService;
  /** Ends the host where it stands, and starts it again; on nothing where its hub is lost. */
  restart(options?: { loseHub?: boolean }): Promise<void>;
  close(): Promise<void>;
}

export async function startWorld(): Promise<World> {
  const folder = mkdtempSync(path.join(tmpdir(), 'bad-days-'));
  const clock = jumpingClock(START);
  const now = () => new Date(clock.now());
  const blobs = await startBlobService(now);
  const azure = await startSimulatedAzure(path.join(folder, 'azure'), now);
  await azure.add(FLEET);
  const stateDir = path.join(folder, 'host');
  const settings = {
    ...cloudSettings(blobs, azure),
    MaxConcurrentBackups: '4',
  };
  const start = () => startSimulatedApp({ clock, stateDir, settings });
  let app = await start();
  for (const [name, body] of Object.entries(POLICIES)) await app.call('PUT', `policies/${name}`, body);
  return {
    get app() {
      return app;
    },
    clock,
    azure,
    arm: emulatedAzure(azure.url, azure.subscriptionId, 'fleet'),
    blobs,
    async restart({ loseHub = false } = {}) {
      await app.close();
      if (loseHub) rmSync(stateDir, { recursive: true });
      app = await start();
    },
    async close() {
      await app.close();
      await azure.close();
      await blobs.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
