import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { noise } from '../../local/fleet/content';
import { BackupPolicy } from '../../src/policies/policy';
import { type CountedAzurite, startCountedAzurite, totalOf } from '../support/counted-azurite';
import { startEmulatedAzure } from '../support/emulated-azure';
import { type AppProcess, type Order, startAppProcess } from './conversation';

/** One step of planning as it was measured. */
export interface PlanningRow {
  vms: number;
  step: string;
  seconds: number;
  /** Requests to the storage account; those to Azure Compute are two listings. */
  requests: number;
  /** What came of it, in words. */
  result: string;
}

const CONTAINER = 'vault';
const POLICY = 'planned';
const DISK_BYTES = 1024 * 1024;
/** From setting the policy to the time that it names. */
const LEAD_MS = 2000;

/**
 * Plans a fleet with Azurite and the emulator in processes of their own, and the app in new ones for every
 * cold step.
 */
export async function measurePlanning(options: { work: string; vms: number }): Promise<PlanningRow[]> {
  const { work, vms } = options;
  const azurite = await startCountedAzurite(path.join(work, 'azurite'));
  const azure = await startEmulatedAzure(work, fleetOf(vms, tinyImage(work)));
  const rows: PlanningRow[] = [];
  const environment = {
    VaultStorage: azurite.connectionString,
    VaultContainer: CONTAINER,
    ComputeEndpoint: azure.url,
    ComputeAllowInsecureLoopback: 'true',
    Subscriptions: azure.subscriptionId,
  };
  const measure = async (app: AppProcess, order: Order, step: string) => {
    await azurite.takeRequests();
    const { seconds, result } = await app.tell(order);
    rows.push({ vms, step, seconds, requests: totalOf(await azurite.takeRequests()), result });
  };
  /** `work` in a process that has just connected and knows nothing. */
  const inNewProcess = async (deeds: (app: AppProcess) => Promise<void>) => {
    const app = startAppProcess(environment);
    try {
      await app.tell('connect');
      await deeds(app);
    } finally {
      await app.stop();
    }
  };
  try {
    await inNewProcess(async (app) => {
      await putPolicy(azurite, Date.now() - LEAD_MS);
      await measure(app, 'plan', 'the first tick ever: every VM enrols itself');
      await app.tell('plan');
    });
    await inNewProcess(async (app) => {
      await measure(app, 'plan', 'the first tick of a process');
      await measure(app, 'plan', 'the next tick');
      const dueAt = Math.ceil((Date.now() + LEAD_MS) / 1000) * 1000;
      await putPolicy(azurite, dueAt);
      await pause(dueAt - Date.now() + 100);
      await measure(app, 'plan', 'the tick when every VM is due');
      await measure(app, 'claim', 'a claim');
    });
    await inNewProcess((app) => measure(app, 'claim', 'the first claim of a process'));
    await azurite.client.getContainerClient(CONTAINER).deleteBlob('summaries/protection.json.gz');
    await inNewProcess((app) => measure(app, 'plan', 'the first tick of a process when the summary is lost'));
    return rows;
  } finally {
    await azure.stop();
    await azurite.stop();
  }
}

async function putPolicy({ client }: CountedAzurite, dueAt: number): Promise<void> {
  const times = [new Date(dueAt).toISOString().slice(11, 19)];
  const policy = BackupPolicy.parse({ schedule: { frequency: 'daily', times, timeZone: 'UTC' } });
  const body = JSON.stringify(policy);
  const blob = client.getContainerClient(CONTAINER).getBlockBlobClient(`policies/${POLICY}.json`);
  await blob.upload(body, body.length);
}

/** One image serves the whole fleet: images are never modified. */
function tinyImage(folder: string): string {
  const file = path.join(folder, 'tiny.img');
  writeFileSync(file, noise(file, DISK_BYTES));
  return file;
}

const fleetOf = (vms: number, image: string) =>
  Array.from({ length: vms }, (_, vm) => ({
    name: `vm-${vm}`,
    disks: [{ lun: -1, image }],
    tags: { 'backup-policy': POLICY },
  }));
