import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createRestoreDisk } from '../../src/compute/restore/restore-disk';
import type { CountedAzurite } from '../support/counted-azurite';
import { completed } from '../support/emulated-azure';
import type { Fixture } from './fixture';
import { OWN_NAME } from './names';
import { runInProcess } from './run-data-path';
import type { Deed, DiskName, ImageVersion, StepId, Tool } from './steps';

export interface OwnToolOptions {
  azurite: CountedAzurite;
  fixture: Fixture;
  /** Takes CPU profiles of every step. */
  profileFolder?: string;
}

const VERSION_OF: Partial<Record<StepId, ImageVersion>> = {
  clustered: 'v2c',
  'clustered-read': 'v2c',
  scattered: 'v2s',
  'scattered-read': 'v2s',
};

/** The system's own data path, in a new process for every step. Restored disks are compared with their image once. */
export function ownTool({ azurite, fixture, profileFolder }: OwnToolOptions): Tool & { container(): string } {
  const { azure } = fixture;
  const firstPoints = new Map<DiskName, string>();
  const compared = new Set<DiskName>();
  const afterFirst = new Set<string>();
  let container = '';
  let restores = 0;
  let check: () => Promise<void> = async () => {};
  const surroundings = () => ({
    connectionString: azurite.connectionString,
    container,
    emulatorUrl: azure.url,
    subscriptionId: azure.subscriptionId,
  });
  const firstPoint = (disk: DiskName) => {
    const pointId = firstPoints.get(disk);
    if (!pointId) throw new Error(`${disk} has no first backup.`);
    return pointId;
  };

  async function backUp(disk: DiskName, step: StepId): Promise<Deed> {
    const { before, after } = fixture.snapshots(disk, VERSION_OF[step] ?? 'v1');
    const isFirst = step === 'full' || step === 'twin';
    const sourceId = isFirst ? before : after;
    const baseSourceId = isFirst || step.endsWith('-read') ? undefined : before;
    const result = await runInProcess(
      {
        ...surroundings(),
        do: 'back up',
        vmKey: step === 'twin' ? `${disk}-twin` : disk,
        sourceId,
        baseSourceId,
        basePointId: isFirst ? undefined : firstPoint(disk),
      },
      profileFolder,
    );
    await azure.endAccess(sourceId, baseSourceId);
    if (step === 'full' && result.pointId) firstPoints.set(disk, result.pointId);
    const { seconds, usage, spans, summary } = result;
    return { seconds, usage, details: { spans, summary } };
  }

  async function restore(disk: DiskName): Promise<Deed> {
    restores += 1;
    const name = `restored-${disk}-${restores}`;
    const sizeBytes = fixture.sizeBytes(disk);
    const { subscriptionId, resourceGroup } = azure.ref(disk);
    const { resourceId } = await completed(createRestoreDisk, azure.compute, {
      jobId: name,
      subscriptionId,
      resourceGroup,
      name,
      location: 'local',
      sizeBytes,
    });
    const { seconds, usage, spans } = await runInProcess(
      { ...surroundings(), do: 'restore', pointId: firstPoint(disk), diskResourceId: resourceId, sizeBytes },
      profileFolder,
    );
    await azure.endAccess(resourceId);
    check = async () => {
      if (!compared.has(disk)) await compare(disk, name);
      compared.add(disk);
      await azure.compute.client(subscriptionId).disks.delete(resourceGroup, name);
    };
    return { seconds, usage, details: { spans } };
  }

  async function verify(disk: DiskName): Promise<Deed> {
    const task = { ...surroundings(), do: 'verify', pointId: firstPoint(disk) } as const;
    const { seconds, usage, spans } = await runInProcess(task, profileFolder);
    return { seconds, usage, details: { spans } };
  }

  async function compare(disk: DiskName, restored: string): Promise<void> {
    const hash = createHash('sha256');
    await pipeline(createReadStream(fixture.imageFile(disk, 'v1'), { highWaterMark: 4 * 2 ** 20 }), hash);
    if ((await azure.admin.hashDisk(restored)) !== hash.digest('hex')) {
      throw new Error(`${disk} was not restored to its exact bytes.`);
    }
  }

  return {
    name: OWN_NAME,
    version: 'this working tree',
    container: () => container,
    async begin(repeat) {
      container = `own-${repeat}-${Date.now()}`;
      firstPoints.clear();
    },
    // Every delta starts from the first backup alone: content is shared, so a second one would find what the first has sent.
    async prepare(step) {
      const blobs = azurite.client.getContainerClient(container);
      if (step === 'full' || step === 'twin') return afterFirst.clear();
      if (afterFirst.size === 0) for await (const { name } of blobs.listBlobsFlat()) afterFirst.add(name);
      for await (const { name } of blobs.listBlobsFlat())
        if (!afterFirst.has(name)) await blobs.deleteBlob(name);
    },
    async run(step, disk) {
      if (step === 'verify') return verify(disk);
      return step === 'restore' ? restore(disk) : backUp(disk, step);
    },
    async check() {
      await check();
      check = async () => {};
    },
    storedBytes: async () =>
      (await exists(azurite, container)) ? (await azurite.sizeOf(container)).bytes : 0,
    async end() {
      await azurite.client.getContainerClient(container).deleteIfExists();
    },
  };
}

const exists = (azurite: CountedAzurite, container: string) =>
  azurite.client.getContainerClient(container).exists();
