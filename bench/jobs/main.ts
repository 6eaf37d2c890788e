import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Command, Option } from 'commander';
import { conditionsAfter, conditionsInWords, conditionsNow } from '../support/conditions';
import { buildImages } from '../support/images/build-images';
import type { ImageScale } from '../support/images/specs';
import { markdownTable, publishBlock, publishFile } from '../support/page';
import { type Spread, spreadOf } from '../support/statistics';
import type { Orchestrations } from '../support/whole-system';
import { inWorkFolder } from '../support/work-folder';
import { EXTRA_SECONDS, FACTOR, type JobPair, type JobsResult, shareOfAllowed } from '../system/jobs-result';
import { publishTargets } from '../system/publish-targets';
import { measureJobs } from './measure-jobs';

async function main(): Promise<void> {
  const options = parse(process.argv.slice(2));
  const conditions = conditionsNow();
  await buildImages(options.images, { scale: options.scale, disks: ['data'], say: console.log });
  const pairs: JobPair[] = [];
  let orchestrations: Orchestrations[] = [];
  for (let repeat = 0; repeat < options.repeats; repeat += 1) {
    const measured = await inWorkFolder(options.work, (work) =>
      measureJobs({ images: options.images, work, ownFirst: repeat % 2 === 1 }),
    );
    for (const pair of measured.pairs) console.log(describe(pair));
    pairs.push(...measured.pairs);
    orchestrations = measured.orchestrations;
  }
  const result: JobsResult = {
    conditions: conditionsAfter(conditions),
    scale: options.scale,
    pairs,
    orchestrations,
  };
  mkdirSync(path.dirname(options.out), { recursive: true });
  writeFileSync(options.out, `${JSON.stringify(result)}\n`);
  const figures = render(result);
  console.log(`\n${figures}`);
  if (options.publish) {
    publishFile('jobs.json', `${JSON.stringify(result, null, 1)}\n`);
    publishBlock('jobs', figures);
    publishTargets();
  }
}

function render({ conditions, pairs, orchestrations, scale }: JobsResult): string {
  const works = [...new Set(pairs.map(({ work }) => work))];
  const rows = works.map((work) => {
    const ofWork = pairs.filter((pair) => pair.work === work);
    const over = ofWork.map(shareOfAllowed);
    const worst = Math.max(...over);
    return [
      work,
      spread(ofWork.map(({ jobSeconds }) => jobSeconds)),
      spread(ofWork.map(({ dataPathSeconds }) => dataPathSeconds)),
      spread(over),
      worst <= 1 ? 'yes' : spreadOf(over).median <= 1 ? 'in the median' : '**no**',
    ];
  });
  const histories = orchestrations.map(({ name, instances, mostEvents, mostCharacters }) => [
    name,
    String(instances),
    String(mostEvents),
    String(mostCharacters),
  ]);
  return [
    `${conditionsInWords(conditions)} Images: ${scale}, disk \`data\`. Seconds, median (least–most).`,
    markdownTable(
      [
        'work',
        'whole job, from the time of the policy',
        'data path alone',
        `job / (${FACTOR} × data path + ${EXTRA_SECONDS} s)`,
        'at most 1',
      ],
      rows,
    ),
    'Histories of one such run:',
    markdownTable(['orchestrator', 'instances', 'most events', 'most characters'], histories),
  ].join('\n\n');
}

function spread(values: number[]): string {
  const { median, min, max }: Spread = spreadOf(values);
  return `${median.toFixed(2)} (${min.toFixed(2)}–${max.toFixed(2)})`;
}

const describe = ({ work, jobSeconds, dataPathSeconds }: JobPair): string =>
  `${work.padEnd(30)} job ${jobSeconds.toFixed(2)} s, data path ${dataPathSeconds.toFixed(2)} s`;

function parse(args: string[]) {
  const command = new Command('npm run bench:jobs --')
    .description(
      'Measures whole jobs through timer, orchestrator and activities beside their data path alone.',
    )
    .option('--repeats <number>', 'how often', Number, 5)
    .addOption(
      new Option('--scale <scale>', 'size of the images').choices(['full', 'small', 'tiny']).default('full'),
    )
    .option('--images <folder>', 'where the images are, or will be made', 'bench/out/images')
    .option('--work <folder>', 'where the whole system gets a folder', 'bench/out')
    .option('--out <file>', 'the results as JSON', 'bench/out/jobs.json')
    .option('--publish', 'put the figures into docs/performance.md', false)
    .parse(args, { from: 'user' });
  const { repeats, scale, images, work, out, publish } = command.opts();
  const folder: string = scale === 'full' ? images : path.join(images, scale);
  return {
    repeats: repeats as number,
    scale: scale as ImageScale,
    publish: publish as boolean,
    images: path.resolve(folder),
    work: path.resolve(work),
    out: path.resolve(out),
  };
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
