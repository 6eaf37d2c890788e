import type { CountedAzurite } from '../support/counted-azurite';
import { usageOf } from '../support/process-usage';
import { piecesOf, rawBlobs } from '../support/raw-blobs';
import type { Fixture } from './fixture';
import { type Deed, type DiskName, type FloorId, type Sample, STEPS, type StepId, type Tool } from './steps';

export interface RunOptions {
  azurite: CountedAzurite;
  fixture: Fixture;
  tools: Tool[];
  /** The container of the system's own data path, whose blobs the floor is made of. */
  ownContainer(): string;
  disks: DiskName[];
  steps: readonly StepId[];
  repeats: number;
  /** Tools, by name, that take part in the first repeats only. */
  repeatsOf?: Record<string, number>;
  /** Told of every sample; publishes what there is when a run is cut short. */
  onSample(sample: Sample): void;
}

const MIB = 2 ** 20;
const CHUNK_BYTES = 4 * MIB;
const WARM_UP = piecesOf(256 * MIB, CHUNK_BYTES);

/** Azurite's code is up to twice as slow before it has been compiled: everybody meets it warm. */
export async function warmUp(azurite: CountedAzurite): Promise<void> {
  const blobs = await rawBlobs(azurite, 'warm-up');
  for (let round = 0; round < 2; round += 1) {
    await blobs.put(WARM_UP);
    await blobs.get();
  }
  await blobs.end();
}

/** Does every step with every tool in turn, and turns the order round with every repeat. */
export async function runAll(options: RunOptions): Promise<void> {
  const { disks, repeats } = options;
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    for (const disk of disks) await runDisk(options, repeat, disk);
  }
}

async function runDisk(options: RunOptions, repeat: number, disk: DiskName): Promise<void> {
  const taking = options.tools.filter(
    ({ name }) => repeat < (options.repeatsOf?.[name] ?? Number.POSITIVE_INFINITY),
  );
  const tools = repeat % 2 === 0 ? taking : taking.toReversed();
  for (const tool of tools) await tool.begin(repeat);
  try {
    for (const { id, image } of STEPS) {
      if (!options.steps.includes(id)) continue;
      for (const tool of tools) {
        await tool.prepare?.(id, disk);
        await options.fixture.prime(disk, image);
        await measure(options, { repeat, disk, step: id, tool: tool.name }, tool, () => tool.run(id, disk));
        await tool.check?.();
      }
      if (id === 'full') await runFloors(options, repeat, disk);
    }
  } finally {
    for (const tool of tools) await tool.end();
  }
}

/** Right after the first backup, Azurite alone takes the same bytes, and gives them back. */
async function runFloors(options: RunOptions, repeat: number, disk: DiskName): Promise<void> {
  const { azurite } = options;
  const { bytes, sizes } = await azurite.sizeOf(options.ownContainer());
  const run = async (step: FloorId, container: string, work: () => Promise<void>) => {
    const deed = async (): Promise<Deed> => {
      const begun = performance.now();
      await work();
      return { seconds: (performance.now() - begun) / 1000, usage: { cpuSeconds: 0, peakBytes: 0 } };
    };
    const tool = {
      storedBytes: async () => (await azurite.sizeOf(container)).bytes,
    };
    await measure(options, { repeat, disk, step, tool: 'Azurite alone' }, tool, deed);
  };
  const large = await rawBlobs(azurite, `floor-large-${repeat}`);
  await run('floor-4mib', `floor-large-${repeat}`, () => large.put(piecesOf(bytes, CHUNK_BYTES)));
  await large.end();
  const same = await rawBlobs(azurite, `floor-same-${repeat}`);
  await run('floor-same-blobs', `floor-same-${repeat}`, () => same.put(sizes));
  await run('floor-get', `floor-same-${repeat}`, () => same.get());
  await same.end();
}

async function measure(
  { azurite, fixture, onSample }: RunOptions,
  what: Pick<Sample, 'repeat' | 'disk' | 'step' | 'tool'>,
  repository: Pick<Tool, 'storedBytes'>,
  act: () => Promise<Deed | undefined>,
): Promise<void> {
  const storedBefore = await repository.storedBytes();
  await azurite.takeRequests();
  const before = { azurite: cpuOf(azurite.pid), emulator: cpuOf(fixture.azure.pid) };
  const deed = await act();
  if (!deed) return;
  const azuriteCpuSeconds = cpuOf(azurite.pid) - before.azurite;
  const emulatorCpuSeconds = cpuOf(fixture.azure.pid) - before.emulator;
  const requests = await azurite.takeRequests();
  const storedBytes = (await repository.storedBytes()) - storedBefore;
  onSample({ ...what, ...deed, azuriteCpuSeconds, emulatorCpuSeconds, requests, storedBytes });
}

const cpuOf = (pid: number): number => usageOf(pid)?.cpuSeconds ?? 0;
