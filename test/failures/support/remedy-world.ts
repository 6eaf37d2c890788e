import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { requestJson } from '../../../client/http';
import { jumpingClock } from '../../../local/functions-host';
import { type EmulatedAzure, emulatedAzure } from '../../functions/support/emulated-azure';
import { type ShapedAzure, shapedAzure } from '../../functions/support/shaped-azure';
import { type BlobService, startBlobService } from '../../simulation/support/blob-service';
import { cloudSettings } from '../../simulation/support/cloud-settings';
import { type SimulatedApp, startSimulatedApp } from '../../simulation/support/simulated-app';
import { startSimulatedAzure } from '../../simulation/support/simulated-azure';

const GROUP = 'remedies';

export interface Job {
  state: string;
  error?: { code: string; message: string; remedy: string };
  warnings: string[];
  recoveryPoint?: string;
}
export interface Answer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers of every shape are looked into
  body: any;
}

/** The whole system, in which hours of waiting take no time, and anything may be wrong for a while. */
export interface World {
  app: SimulatedApp;
  /** The administrator of the VMs. */
  arm: EmulatedAzure;
  shaped: ShapedAzure;
  blobs: BlobService;
  call(method: string, route: string, body?: unknown): Promise<Answer>;
  keyOf(name: string): Promise<string>;
  /** Starts a job and waits for its end, however long it takes by its own clock. */
  runs(route: string, body?: object): Promise<Job>;
  backUp(name: string): Promise<Job>;
  restore(point: string, body: object): Promise<Job>;
  /** Changes how a guest behaves. */
  guest(name: string, changes: object): Promise<void>;
  /** The guest writes something to its OS disk. */
  write(name: string): Promise<void>;
  settings(changes: object): Promise<void>;
  fault(operation: string, effect: object, count?: number | null): Promise<void>;
  clearFaults(): Promise<void>;
  /** What was to go wrong and did not yet. */
  faultsLeft(): Promise<unknown[]>;
  close(): Promise<void>;
}

export async function startRemedyWorld(): Promise<World> {
  const folder = mkdtempSync(path.join(tmpdir(), 'remedies-'));
  const clock = jumpingClock();
  const now = () => new Date(clock.now());
  const blobs = await startBlobService(now);
  const azure = await startSimulatedAzure(path.join(folder, 'azure'), now);
  const app = await startSimulatedApp({
    clock,
    stateDir: path.join(folder, 'host'),
    settings: cloudSettings(blobs, azure),
  });
  const arm = emulatedAzure(azure.url, azure.subscriptionId, GROUP);
  const shaped = shapedAzure(azure.url, azure.subscriptionId, GROUP);
  const call = (method: string, route: string, body?: unknown): Promise<Answer> =>
    app.call(method, route, body);
  const keyOf = async (name: string): Promise<string> => {
    const { body } = await call('GET', 'vms?limit=1000');
    return body.vms.find((vm: { name: string; orphaned: boolean }) => vm.name === name)?.key;
  };
  async function runs(route: string, body: object = {}): Promise<Job> {
    // Points are told apart by the second in which they were asked for.
    clock.jump(1000);
    const accepted = await call('POST', route, body);
    if (accepted.status !== 202) throw new Error(`${route}: ${JSON.stringify(accepted.body)}`);
    await app.settle();
    return (await call('GET', `jobs/${accepted.body.job}`)).body;
  }
  return {
    app,
    arm,
    shaped,
    blobs,
    call,
    keyOf,
    runs,
    backUp: async (name) => runs(`vms/${await keyOf(name)}/backups`),
    restore: (point, body) => runs(`recovery-points/${point}/restores`, body),
    async guest(name, changes) {
      await requestJson('PATCH', `${azure.url}/emulator/vms/${name}/guest`, changes);
    },
    async write(name) {
      const image = path.join(folder, 'write.img');
      writeFileSync(image, Buffer.alloc(65_536, name));
      truncateSync(image, 2 ** 30);
      await requestJson('POST', `${azure.url}/emulator/vms/${name}/disks/-1/image`, { image });
    },
    async settings(changes) {
      await shaped.settings(changes);
    },
    fault: (operation, effect, count = null) => azure.fault({ operation, effect, count }),
    clearFaults: () => azure.clearFaults(),
    faultsLeft: async () => (await requestJson<unknown[]>('GET', `${azure.url}/emulator/faults`)).body,
    async close() {
      await app.close();
      await azure.close();
      await blobs.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
