import { writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { noise } from '../../local/fleet/content';
import { type Orchestrations, startBenchSystem } from '../support/whole-system';

const MIB = 2 ** 20;
const DISK_BYTES = 4 * MIB;

/** A fleet that became due at one moment. */
export interface FleetRow {
  vms: number;
  /** From the time of the policy until no job runs any more. */
  seconds: number;
  succeeded: number;
  jobsPerMinute: number;
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
    const image = await tinyImage(work, vms);
    const bench = await startBenchSystem(
      path.join(work, 'system'),
      Array.from({ length: vms }, (_, vm) => ({ name: `vm-${vm}`, disks: [{ lun: -1, image }] })),
    );
    const { seconds, succeeded } = await bench.backUpAll(vms, withinSeconds).catch(async (error: unknown) => {
      await bench.stop();
      throw error;
    });
    const row = {
      vms,
      seconds,
      succeeded,
      jobsPerMinute: (succeeded * 60) / seconds,
      orchestrations: await bench.stop(),
    };
    rows.push(row);
    say(
      `${vms} VMs: ${succeeded} backed up in ${seconds.toFixed(1)} s, ${row.jobsPerMinute.toFixed(0)} jobs a minute`,
    );
  }
  return rows;
}

/** One image serves a whole fleet: images are never modified. */
async function tinyImage(folder: string, number: number): Promise<string> {
  const file = path.join(folder, `tiny-${number}.img`);
  writeFileSync(file, noise(file, MIB));
  const handle = await open(file, 'r+');
  await handle.truncate(DISK_BYTES);
  await handle.close();
  return file;
}
