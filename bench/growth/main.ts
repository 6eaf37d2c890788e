import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { compiled } from '../../local/process/project-root';
import { conditionsAfter, conditionsNow } from '../support/conditions';
import { publishBlock, publishedFigures, publishFile } from '../support/page';
import { inWorkFolder } from '../support/work-folder';
import { measureDisks } from './disks';
import { measureFleets } from './fleet';
import type { GarbageRow } from './garbage';
import { type GrowthResult, renderGrowth } from './report';

async function main(): Promise<void> {
  const options = parse(process.argv.slice(2));
  const result: GrowthResult = {};
  const wanted = (part: string) => options.only.length === 0 || options.only.includes(part);
  if (wanted('garbage')) result.garbage = await withConditions(() => measureGarbageSizes(options.chunks));
  if (wanted('disks')) {
    result.disks = await withConditions(() =>
      inWorkFolder(options.work, (work) => measureDisks({ ...options, work, say })),
    );
  }
  if (wanted('fleets')) {
    result.fleets = await withConditions(() =>
      inWorkFolder(options.work, (work) => measureFleets({ ...options, work, sizes: options.fleets, say })),
    );
  }
  mkdirSync(path.dirname(options.out), { recursive: true });
  writeFileSync(options.out, `${JSON.stringify(result)}\n`);
  console.log(`\n${renderGrowth(result)}`);
  if (options.publish) {
    const all = { ...publishedFigures<GrowthResult>('growth.json'), ...result };
    const page = renderGrowth(all);
    publishFile('growth.json', `${JSON.stringify(all, null, 1)}\n`);
    publishBlock('growth', page);
  }
}

async function withConditions<T>(measure: () => Promise<T>) {
  const before = conditionsNow();
  const rows = await measure();
  return { conditions: conditionsAfter(before), rows };
}

async function measureGarbageSizes(sizes: number[]): Promise<GarbageRow[]> {
  const rows: GarbageRow[] = [];
  for (const chunks of sizes) {
    const child = fork(compiled('bench', 'growth', 'garbage-process.js'), [String(chunks)], {
      execArgv: ['--expose-gc', '--max-old-space-size=8192'],
    });
    const [row] = (await Promise.race([
      once(child, 'message'),
      once(child, 'exit').then(([code]) => {
        throw new Error(`The process that collects garbage ended with code ${code}.`);
      }),
    ])) as [GarbageRow];
    rows.push(row);
    say(`${chunks} chunks: collected in ${row.collectSeconds.toFixed(2)} s`);
  }
  return rows;
}

const numbers = (text: string) => text.split(',').filter(Boolean).map(Number);

function parse(args: string[]) {
  const command = new Command('npm run bench:growth --')
    .description(
      'Measures how cost grows: with disks and what changed on them, with the fleet, with the vault.',
    )
    .option('--only <parts>', 'disks, fleets, garbage; all when left out', (text) => text.split(','), [])
    .option('--sizes <GiB>', 'sizes of disks', numbers, [1, 4, 16, 1024])
    .option('--changes <MiB>', 'bytes changed', numbers, [1, 4, 16, 64])
    .option('--repeats <number>', 'deltas of each kind', Number, 3)
    .option('--fleets <VMs>', 'sizes of fleets', numbers, [1, 10, 100, 1000])
    .option('--within <seconds>', 'the longest that a fleet may take', Number, 1800)
    .option('--chunks <numbers>', 'chunks in the vault', numbers, [10_000, 100_000, 1_000_000])
    .option('--work <folder>', 'where everything that runs gets a folder', 'bench/out')
    .option('--out <file>', 'the results as JSON', 'bench/out/growth.json')
    .option('--publish', 'put the figures into docs/performance.md', false)
    .parse(args, { from: 'user' });
  const { only, sizes, changes, repeats, fleets, within, chunks, work, out, publish } = command.opts();
  return {
    only: only as string[],
    sizesGiB: sizes as number[],
    changesMiB: changes as number[],
    repeats: repeats as number,
    fleets: fleets as number[],
    withinSeconds: within as number,
    chunks: chunks as number[],
    work: path.resolve(work),
    out: path.resolve(out),
    publish: publish as boolean,
  };
}

const say = (line: string): void => console.log(line);

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
