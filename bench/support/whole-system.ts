import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import { allItems } from '../../client/all-pages';
import { apiClient } from '../../client/api-client';
import type { Job } from '../../client/api-types';
import { isOver } from '../../client/is-over';
import { type System, startSystem } from '../../local/start/system';
import { type AzureClient, azureClient, type BenchVm, writeFleet } from './emulated-azure';

const POLICY = 'bench';
/** From setting the policy to the time that it names: enough for the request. */
const LEAD_MS = 2000;
const LOOK_EVERY_MS = 100;

/** Azurite, emulator and app as `npm start` runs them. */
export interface BenchSystem {
  system: System;
  azure: AzureClient;
  /** Gives the policy a time a little from now, in milliseconds since 1970. */
  setDue(): Promise<number>;
  /** Makes the only VM due; answers the seconds from the time of the policy until its job has succeeded. */
  backUpOne(): Promise<number>;
  /** Ends the system and tells of the orchestrations that it ran. */
  stop(): Promise<Orchestrations[]>;
}

/** The histories of all instances of one orchestrator. */
export interface Orchestrations {
  name: string;
  instances: number;
  /** The longest history, in events and in characters as stored. */
  mostEvents: number;
  mostCharacters: number;
  /** All that is stored of all of them. */
  characters: number;
}

interface BenchSystemOptions {
  /** Beside those with the policy. */
  unprotected?: BenchVm[];
  /** App settings; the scheduler looks every second unless they say otherwise. */
  settings?: Record<string, string>;
}

/** Starts everything in a folder that is new. The VMs get the policy by their tag, those beside them none. */
export async function startBenchSystem(
  folder: string,
  vms: BenchVm[],
  { unprotected = [], settings }: BenchSystemOptions = {},
): Promise<BenchSystem> {
  mkdirSync(folder, { recursive: true });
  const fleetFile = path.join(folder, 'fleet.json');
  const tagged = vms.map((vm) => ({ ...vm, tags: { 'backup-policy': POLICY } }));
  writeFleet(fleetFile, [...tagged, ...unprotected]);
  const stateDir = path.join(folder, 'state');
  const system = await startSystem({
    stateDir,
    fleetFile,
    settings: { SchedulerInterval: '* * * * * *', ...settings },
  });
  const api = apiClient(system.api);
  const azure = azureClient(system.emulator, system.subscriptionId);

  async function setDue(): Promise<number> {
    const due = Math.ceil((Date.now() + LEAD_MS) / 1000) * 1000;
    const times = [new Date(due).toISOString().slice(11, 19)];
    const schedule = { frequency: 'daily' as const, times, timeZone: 'UTC' };
    await api.putPolicy({ policy: POLICY, body: { schedule, instantRestoreDays: 2 } });
    return due;
  }

  const listJobs = () => allItems(api.listJobs, ({ jobs }) => jobs);

  async function backUpOne(): Promise<number> {
    const known = new Set((await listJobs()).map(({ id }) => id));
    const due = await setDue();
    for (;;) {
      const job = (await listJobs()).find(({ id }) => !known.has(id));
      if (job?.state === 'Succeeded') return (Date.now() - due) / 1000;
      if (job && isOver(job)) throw failed(job);
      if (Date.now() - due > 600_000) throw new Error('The job did not end within ten minutes.');
      await pause(LOOK_EVERY_MS);
    }
  }

  return {
    system,
    azure,
    setDue,
    backUpOne,
    async stop() {
      azure.close();
      await system.stop();
      const orchestrations = readOrchestrations(path.join(stateDir, 'host', 'hub.sqlite'));
      rmSync(folder, { recursive: true, force: true });
      return orchestrations;
    },
  };
}

const failed = ({ id, state, error }: Job) =>
  new Error(`${id} ended as ${state}: ${error?.code ?? ''} ${error?.message ?? ''}`);

/** Straight from the hub's database: what the management API shows leaves the frame of the episodes out. */
function readOrchestrations(file: string): Orchestrations[] {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const rows = database
      .prepare(
        `SELECT name, COUNT(*) AS instances, MAX(events) AS mostEvents, MAX(characters) AS mostCharacters,
           SUM(characters) AS characters FROM
           (SELECT name, COUNT(*) AS events, SUM(LENGTH(event)) AS characters
              FROM instances JOIN history ON history.instance_id = instances.id GROUP BY instances.id)
         GROUP BY name ORDER BY name`,
      )
      .all();
    return rows as unknown as Orchestrations[];
  } finally {
    database.close();
  }
}
