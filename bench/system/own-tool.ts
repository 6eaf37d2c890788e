import type { CountedAzurite } from '../support/counted-azurite';
import type { Fixture } from './fixture';
import { OWN_NAME } from './names';
import { ownContainer } from './own-container';
import { restoreTargets } from './restore-targets';
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

/**
 * The system's own data path, in a new process for every step. Restored disks are compared with their image
 * once.
 */
export function ownTool({ azurite, fixture, profileFolder }: OwnToolOptions): Tool & { container(): string } {
  const { azure } = fixture;
  const container = ownContainer(azurite);
  const newTarget = restoreTargets(fixture);
  const firstPoints = new Map<DiskName, string>();
  let check: () => Promise<void> = async () => {};
  const surroundings = () => ({
    connectionString: azurite.connectionString,
    container: container.name(),
    emulatorUrl: azure.url,
    subscriptionId: azure.subscriptionId,
  });
  const firstPoint = (disk: DiskName) => {
    const pointId = firstPoints.get(disk);
    if (!pointId) throw new Error(`${disk} has no first backup.`);
    return pointId;
  };

  async function backUp(disk: DiskName, step: StepId): Promise<Deed> {
    const { isFirst, ...source } = sourceOf(fixture, disk, step);
    const basePointId = isFirst ? undefined : firstPoint(disk);
    const task = { ...surroundings(), do: 'back up', ...source, basePointId } as const;
    const result = await runInProcess(task, profileFolder);
    await azure.endAccess(source.sourceId, source.baseSourceId);
    if (step === 'full' && result.pointId) firstPoints.set(disk, result.pointId);
    const { seconds, usage, spans, summary } = result;
    return { seconds, usage, details: { spans, summary } };
  }

  async function restore(disk: DiskName): Promise<Deed> {
    const target = await newTarget(disk);
    const { seconds, usage, spans } = await runInProcess(
      {
        ...surroundings(),
        do: 'restore',
        pointId: firstPoint(disk),
        diskResourceId: target.resourceId,
        sizeBytes: fixture.sizeBytes(disk),
      },
      profileFolder,
    );
    await azure.endAccess(target.resourceId);
    check = target.check;
    return { seconds, usage, details: { spans } };
  }

  async function verify(disk: DiskName): Promise<Deed> {
    const task = { ...surroundings(), do: 'verify', pointId: firstPoint(disk) } as const;
    const { seconds, usage, spans } = await runInProcess(task, profileFolder);
    return { seconds, usage, details: { spans } };
  }

  return {
    name: OWN_NAME,
    version: 'this working tree',
    container: container.name,
    async begin(repeat) {
      container.begin(repeat);
      firstPoints.clear();
    },
    prepare: container.prepare,
    async run(step, disk) {
      if (step === 'verify') return verify(disk);
      return step === 'restore' ? restore(disk) : backUp(disk, step);
    },
    async check() {
      await check();
      check = async () => {};
    },
    storedBytes: container.storedBytes,
    end: container.end,
  };
}

/** What a step backs up: as which VM, which snapshot, and against which one. */
function sourceOf(fixture: Fixture, disk: DiskName, step: StepId) {
  const { before, after } = fixture.snapshots(disk, VERSION_OF[step] ?? 'v1');
  const isFirst = step === 'full' || step === 'twin';
  return {
    isFirst,
    vmKey: step === 'twin' ? `${disk}-twin` : disk,
    sourceId: isFirst ? before : after,
    baseSourceId: isFirst || step.endsWith('-read') ? undefined : before,
  };
}
