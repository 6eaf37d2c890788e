import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { conditionsAfter, conditionsNow } from '../support/conditions';
import { DEFAULT_PORT, startCountedAzurite, totalOf } from '../support/counted-azurite';
import { inWorkFolder } from '../support/work-folder';
import { type Fixture, prepareFixture } from './fixture';
import { type BenchOptions, parseBenchOptions } from './options';
import { ownTool } from './own-tool';
import { installedPeers } from './peers';
import { publish } from './publish';
import { renderFigures, renderTargets } from './report';
import { runAll, warmUp } from './run';
import type { Sample } from './steps';
import { type BenchResult, summarize } from './summary';
import { judgeTargets } from './targets';

async function main(): Promise<void> {
  const options = parseBenchOptions(process.argv.slice(2));
  const result = options.from
    ? (JSON.parse(readFileSync(options.from, 'utf8')) as BenchResult)
    : await inWorkFolder(options.work, (folder) => measure(options, folder));
  const summary = summarize(result);
  console.log(`\n${renderFigures(summary)}\n\n${renderTargets(judgeTargets(summary))}`);
  if (options.publish) publish(summary);
}

async function measure(options: BenchOptions, folder: string): Promise<BenchResult> {
  const { disks, scale, images, peers, profileFolder } = options;
  const azurite = await startAzurite(folder, peers.includes('restic'));
  let fixture: Fixture | undefined;
  try {
    fixture = await prepareFixture({ images, scale, state: folder, disks, say });
    const { sizeBytes } = fixture;
    await warmUp(azurite);
    const own = ownTool({ azurite, fixture, profileFolder });
    const tools = [own, ...installedPeers(peers, { azurite, fixture, folder }, say)];
    const result: BenchResult = {
      conditions: conditionsNow(),
      tools: Object.fromEntries(tools.map(({ name, version }) => [name, version])),
      disks: Object.fromEntries(disks.map((disk) => [disk, sizeBytes(disk)])),
      samples: [],
    };
    const onSample = (sample: Sample) => {
      result.samples.push(sample);
      say(describe(sample));
      write(options, result);
    };
    await runAll({ ...options, azurite, fixture, tools, ownContainer: own.container, onSample });
    return result;
  } finally {
    await fixture?.azure.stop();
    await azurite.stop();
  }
}

/** On its usual port where that is free and wanted: restic finds the emulator's account nowhere else. */
async function startAzurite(folder: string, forRestic: boolean) {
  const own = path.join(folder, 'azurite');
  if (!forRestic) return startCountedAzurite(own);
  return startCountedAzurite(own, DEFAULT_PORT).catch(() => startCountedAzurite(own));
}

/** After every sample, so that a run that is cut short leaves what it has. */
function write({ out }: BenchOptions, result: BenchResult): void {
  result.conditions = conditionsAfter(result.conditions);
  mkdirSync(path.dirname(out), { recursive: true });
  writeFileSync(out, `${JSON.stringify(result)}\n`);
}

function describe({ repeat, disk, step, tool, seconds, usage, requests, storedBytes }: Sample): string {
  const figures = [
    `${seconds.toFixed(2)} s`,
    `${usage.cpuSeconds.toFixed(1)} s CPU`,
    `${(usage.peakBytes / 2 ** 20).toFixed(0)} MiB peak`,
    `${totalOf(requests)} requests`,
    `${(storedBytes / 2 ** 20).toFixed(1)} MiB stored`,
  ];
  return `${repeat + 1}  ${disk.padEnd(5)}${step.padEnd(17)}${tool.padEnd(14)}${figures.join(', ')}`;
}

const say = (line: string): void => console.log(line);

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
