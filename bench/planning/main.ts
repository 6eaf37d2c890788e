import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { type Conditions, conditionsAfter, conditionsInWords, conditionsNow } from '../support/conditions';
import { markdownTable, publishBlock, publishFile } from '../support/page';
import { groupBy, spreadOf } from '../support/statistics';
import { inWorkFolder } from '../support/work-folder';
import { measurePlanning, type PlanningRow } from './measure';

async function main(): Promise<void> {
  const options = parse(process.argv.slice(2));
  const before = conditionsNow();
  const rows: PlanningRow[] = [];
  for (let repeat = 0; repeat < options.repeats; repeat += 1) {
    rows.push(...(await inWorkFolder(options.work, (work) => measurePlanning({ ...options, work }))));
  }
  const conditions = conditionsAfter(before);
  mkdirSync(path.dirname(options.out), { recursive: true });
  writeFileSync(options.out, `${JSON.stringify({ conditions, rows })}\n`);
  const figures = render(conditions, rows);
  console.log(figures);
  if (options.publish) {
    publishFile('planning.json', `${JSON.stringify({ conditions, rows }, null, 1)}\n`);
    publishBlock('planning', figures);
  }
}

function render(conditions: Conditions, rows: PlanningRow[]): string {
  const steps = [...groupBy(rows, ({ step }) => step)].map(([step, ofStep]) => {
    const { median, min, max } = spreadOf(ofStep.map(({ seconds }) => seconds));
    const requests = spreadOf(ofStep.map((row) => row.requests)).max;
    return [
      step,
      ofStep[0]?.result ?? '',
      `${median.toFixed(2)} (${min.toFixed(2)}–${max.toFixed(2)})`,
      String(requests),
    ];
  });
  return [
    conditionsInWords(conditions),
    markdownTable(['step', 'result', 'seconds, median (least–most)', 'requests to the storage, most'], steps),
  ].join('\n\n');
}

function parse(args: string[]) {
  const command = new Command('npm run bench:planning --')
    .description('Measures how long the scheduler takes to plan a fleet whose records lie in Azurite.')
    .option('--vms <number>', 'protected VMs', Number, 5000)
    .option('--repeats <number>', 'how often, each in a new system', Number, 3)
    .option('--work <folder>', 'where everything that runs gets a folder', 'bench/out')
    .option('--out <file>', 'the results as JSON', 'bench/out/planning.json')
    .option('--publish', 'put the figures into docs/performance.md', false)
    .parse(args, { from: 'user' });
  const { vms, repeats, work, out, publish } = command.opts();
  return {
    vms: vms as number,
    repeats: repeats as number,
    work: path.resolve(work),
    out: path.resolve(out),
    publish: publish as boolean,
  };
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
