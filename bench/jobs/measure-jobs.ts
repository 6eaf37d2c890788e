import path from 'node:path';
import { primePageCache } from '../support/images/image-file';
import { type BenchSystem, type Orchestrations, startBenchSystem } from '../support/whole-system';
import type { JobPair } from '../system/jobs-result';
import { runInProcess } from '../system/run-data-path';

export interface JobsRun {
  images: string;
  work: string;
  /** The data path is measured before the job, so that neither always meets the warmer machine. */
  ownFirst: boolean;
}

const WORKS = [
  { work: 'first backup', version: undefined },
  { work: 'delta, 1 % scattered 4 KiB', version: 'v2s' },
  { work: 'nothing changed', version: undefined },
] as const;

/** Starts a new system with one VM, and does each work by a job in one vault and without one in another. */
export async function measureJobs({ images, work, ownFirst }: JobsRun): Promise<{
  pairs: JobPair[];
  orchestrations: Orchestrations[];
}> {
  const image = (version: string) => path.join(images, `data-${version}.img`);
  const vm = (name: string) => ({ name, disks: [{ lun: -1, image: image('v1') }] });
  // The twin has no part in jobs: its snapshots are those of the data path alone.
  const bench = await startBenchSystem(work, [vm('job')], { unprotected: [vm('twin')] });
  const pairs: JobPair[] = [];
  try {
    const dataPath = dataPathOf(bench, 'twin');
    for (const { work, version } of WORKS) {
      const files = version ? [image('v1'), image(version)] : [image('v1')];
      if (version)
        for (const name of ['job', 'twin']) await bench.azure.admin.writeImage(name, -1, image(version));
      for (const file of files) await primePageCache(file);
      const before = ownFirst ? await dataPath() : undefined;
      const jobSeconds = await bench.backUpOne();
      const dataPathSeconds = before ?? (await dataPath());
      pairs.push({ work, jobSeconds, dataPathSeconds });
    }
  } catch (error) {
    await bench.stop();
    throw error;
  }
  return { pairs, orchestrations: await bench.stop() };
}

/**
 * Backs the disk of a VM up again and again, each time against the snapshot and the point of the time before.
 */
function dataPathOf({ azure, system }: BenchSystem, vm: string): () => Promise<number> {
  let basePointId: string | undefined;
  let baseSourceId: string | undefined;
  let runs = 0;
  return async () => {
    runs += 1;
    const [disk] = (await azure.snapshot(vm, `data-path-${runs}`)).disks;
    if (!disk) throw new Error(`The snapshot of ${vm} has no disk.`);
    const { seconds, pointId } = await runInProcess({
      do: 'back up',
      connectionString: system.connectionString,
      container: 'data-path-alone',
      emulatorUrl: azure.url,
      subscriptionId: azure.subscriptionId,
      vmKey: vm,
      sourceId: disk.sourceId,
      baseSourceId,
      basePointId,
    });
    await azure.endAccess(disk.sourceId, baseSourceId);
    basePointId = pointId;
    baseSourceId = disk.sourceId;
    return seconds;
  };
}
