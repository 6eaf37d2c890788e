import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { Command, Option } from 'commander';
import { startAzurite } from '../../local/azurite/azurite';
import { connectBlobStore } from '../../src/storage/azure-blob-store';
import { threadedCodec } from '../../src/vault/codec/threaded-codec';
import { openVault } from '../../src/vault/vault';
import { buildImages } from '../support/images/build-images';
import type { ImageScale, ImageSpec } from '../support/images/specs';
import { markdownTable } from '../support/page';
import { pairedRatios, spreadOf } from '../support/statistics';
import { inWorkFolder } from '../support/work-folder';
import { backUpImage } from '../vault/steps';
import {
  copyingByNbd,
  exporting,
  exportingUnhashed,
  type MeasuredDisk,
  restoring,
  type Taken,
  type Way,
} from './measure';

const CONTAINER = 'bench-direct';

interface Options {
  disk: ImageSpec['name'];
  scale: ImageScale;
  images: string;
  work: string;
  runs: number;
}

/**
 * `npm run bench:direct`: what it takes to have a disk as a file, by export and by nbdcopy of a served point,
 * beside the restore of the same disk, each as a process of its own and one right after the other. What the
 * processor had to do can be compared on a machine that is busy as well; times cannot.
 */
async function main(args: string[]): Promise<void> {
  const { disk, scale, images, work, runs } = parseOptions(args);
  const folder = path.resolve(scale === 'full' ? images : path.join(images, scale));
  await buildImages(folder, { scale, disks: [disk], say: console.log });
  const ways = [restoring, exporting, exportingUnhashed, ...((await has('nbdcopy')) ? [copyingByNbd] : [])];
  await inWorkFolder(path.resolve(work), async (location) => {
    const azurite = await startAzurite({ location: path.join(location, 'azurite') });
    const codec = threadedCodec();
    try {
      const store = connectBlobStore({ connectionString: azurite.connectionString }, CONTAINER);
      const vault = await openVault(store, { codec });
      const first = await backUpImage(vault, folder, `${disk}-v1`);
      // Of a point that has patches, which is what most points are.
      const { pointId } = await backUpImage(vault, folder, `${disk}-v2s`, { base: first.pointId });
      const files = path.join(location, 'files');
      mkdirSync(files);
      const measured = {
        address: `${azurite.blobEndpoint}/${CONTAINER}`,
        pointId,
        diskId: 'os',
        folder: files,
      };
      console.log(`\n${render(await measureAll(ways, measured, runs))}`);
    } finally {
      await codec.close();
      await azurite.stop();
    }
  });
}

/** What each run took, by way. */
type Times = Map<Way, Taken[]>;

async function measureAll(ways: readonly Way[], disk: MeasuredDisk, runs: number): Promise<Times> {
  const times: Times = new Map(ways.map((way) => [way, []]));
  // The first run warms up what all of them use, and does not count.
  for (const way of ways) await way.measure(disk);
  for (let run = 0; run < runs; run += 1) {
    // The order turns round, so that what slows the machine down for a while slows all of them.
    const order = run % 2 === 0 ? ways : [...ways].reverse();
    for (const way of order) times.get(way)?.push(await way.measure(disk));
  }
  return times;
}

function render(times: Times): string {
  const base = times.get(restoring) ?? [];
  const of = (runs: Taken[], figure: (taken: Taken) => number) => runs.map(figure);
  const median = (values: number[]) => spreadOf(values).median;
  /** How much of what the restore takes is enough; more than 1 is better than it. */
  const speed = (runs: Taken[], figure: (taken: Taken) => number) =>
    `${pairedRatios(of(base, figure), of(runs, figure)).median.toFixed(2)} ×`;
  const seconds = (taken: Taken) => taken.seconds;
  const cpu = (taken: Taken) => taken.cpuSeconds;
  return markdownTable(
    ['way', 'seconds', 'speed of the restore', 'CPU seconds', 'by CPU', 'memory, at most'],
    [...times].map(([{ name }, runs]) => [
      name,
      median(of(runs, seconds)).toFixed(2),
      speed(runs, seconds),
      median(of(runs, cpu)).toFixed(2),
      speed(runs, cpu),
      `${Math.round(Math.max(...of(runs, ({ peakBytes }) => peakBytes)) / 2 ** 20)} MiB`,
    ]),
  );
}

const has = (command: string) =>
  promisify(execFile)(command, ['--version']).then(
    () => true,
    () => false,
  );

function parseOptions(args: string[]): Options {
  return new Command('npm run bench:direct --')
    .description('Takes a disk out of a vault as a file, in each way there is.')
    .addOption(new Option('--disk <name>', 'the disk').choices(['os', 'data']).default('data'))
    .addOption(
      new Option('--scale <scale>', 'size of the images').choices(['full', 'small', 'tiny']).default('full'),
    )
    .option('--images <folder>', 'where the images are, or will be made', 'bench/out/images')
    .option('--work <folder>', 'where Azurite and the files get a folder', 'bench/out')
    .option('--runs <count>', 'measured runs of each way', Number, 5)
    .parse(args, { from: 'user' })
    .opts<Options>();
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
