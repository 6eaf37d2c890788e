import { writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { noise } from '../../local/fleet/content';
import { type CountedAzurite, startCountedAzurite, totalOf } from '../support/counted-azurite';
import { usageOf } from '../support/process-usage';
import { type BenchSystem, type Orchestrations, startBenchSystem } from '../support/whole-system';
import { enrolAll, finishAll } from './fleet-run';

const MIB = 2 ** 20;
const DISK_BYTES = 4 * MIB;

/**
 * As shipped, once a minute: a look costs more the larger the fleet, and what is measured must not be how
 * often it looks.
 */
const SCHEDULER_INTERVAL = '0 * * * * *';

/** A fleet that became due at one moment. */
export interface FleetRow {
  vms: number;
  /** From the time of the policy until no lane has anything to do any more. */
  seconds: number;
  succeeded: number;
  jobsPerMinute: number;
  /** To the storage account, by everybody, for one job. */
  requestsPerJob: number;
  /** Processor time of one job by process. */
  cpuSecondsPerJob: Record<string, number>;
  /** What is stored of the histories of all orchestrations, for one job. */
  historyCharactersPerJob: number;
  orchestrations: Orchestrations[];
}

/** Backs fleets of VMs with tiny disks up, each fleet in a new system. */
export async function measureFleets(options: {
  work: string;
  sizes: number[];
  withinSeconds: number;
  say(line: string): void;
}): Promise<FleetRow[]> {
  const { work, sizes, withinSeconds, say } = options;
  const rows: FleetRow[] = [];
  for (const vms of sizes) {
    const folder = path.join(work, `fleet-${vms}`);
    const azurite = await startCountedAzurite(path.join(folder, 'azurite'));
    try {
      const row = await measureFleet({ folder, azurite, vms, withinSeconds });
      rows.push(row);
      const { succeeded, seconds, jobsPerMinute, requestsPerJob } = row;
      say(
        `${vms} VMs: ${succeeded} backed up in ${seconds.toFixed(1)} s, ${jobsPerMinute.toFixed(0)} jobs a minute, ${requestsPerJob.toFixed(1)} requests a job`,
      );
    } finally {
      await azurite.stop();
    }
  }
  return rows;
}

interface Fleet {
  folder: string;
  azurite: CountedAzurite;
  vms: number;
  withinSeconds: number;
}

async function measureFleet({ folder, azurite, vms, withinSeconds }: Fleet): Promise<FleetRow> {
  const vault = azurite.client.getContainerClient('vault');
  await vault.create();
  const image = await tinyImage(folder);
  const fleet = Array.from({ length: vms }, (_, vm) => ({ name: `vm-${vm}`, disks: [{ lun: -1, image }] }));
  const bench = await startBenchSystem(path.join(folder, 'system'), fleet, {
    settings: { SchedulerInterval: SCHEDULER_INTERVAL, VaultStorage: azurite.connectionString },
  });
  try {
    await enrolAll(bench, vault, vms);
    await azurite.takeRequests();
    const usedBefore = cpuSecondsOf(bench, azurite);
    const { seconds, succeeded } = await finishAll(bench, vault, withinSeconds);
    const requests = totalOf(await azurite.takeRequests());
    const used = cpuSecondsOf(bench, azurite);
    const orchestrations = await bench.stop();
    const perJob = (amount: number) => amount / Math.max(succeeded, 1);
    return {
      vms,
      seconds,
      succeeded,
      jobsPerMinute: (succeeded * 60) / seconds,
      requestsPerJob: perJob(requests),
      cpuSecondsPerJob: Object.fromEntries(
        Object.entries(used).map(([name, after]) => [name, perJob(after - (usedBefore[name] ?? 0))]),
      ),
      historyCharactersPerJob: perJob(orchestrations.reduce((sum, { characters }) => sum + characters, 0)),
      orchestrations,
    };
  } catch (error) {
    await bench.stop();
    throw error;
  }
}

/**
 * By name of the process. The Azurite of the system has nothing to do: the vault is in the one that counts.
 */
function cpuSecondsOf({ system }: BenchSystem, azurite: CountedAzurite): Record<string, number> {
  const pids = [
    ...system.parts.filter(({ name }) => name !== 'Azurite'),
    { name: 'Azurite', pid: azurite.pid },
  ];
  return Object.fromEntries(pids.map(({ name, pid }) => [name, usageOf(pid)?.cpuSeconds ?? 0]));
}

/** One image serves a whole fleet: images are never modified. */
async function tinyImage(folder: string): Promise<string> {
  const file = path.join(folder, 'tiny.img');
  writeFileSync(file, noise(file, MIB));
  const handle = await open(file, 'r+');
  await handle.truncate(DISK_BYTES);
  await handle.close();
  return file;
}
