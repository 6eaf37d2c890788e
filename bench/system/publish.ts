import { publishBlock, publishFile } from '../support/page';
import { renderChart } from './chart';
import { publishTargets } from './publish-targets';
import { renderFigures } from './report';
import type { DiskName } from './steps';
import type { BenchSummary } from './summary';

/** Puts the figures of a run into docs/performance.md and beside it. */
export function publish(summary: BenchSummary): void {
  const disks = Object.keys(summary.disks) as DiskName[];
  for (const disk of disks) publishFile(`${disk}.svg`, renderChart(summary, disk));
  publishFile('system.json', `${JSON.stringify(summary, null, 1)}\n`);
  const charts = disks.map((disk) => `![Seconds of each step on the disk ${disk}](performance/${disk}.svg)`);
  publishBlock('system', [...charts, renderFigures(summary)].join('\n\n'));
  publishTargets();
}
