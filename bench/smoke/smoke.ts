import path from 'node:path';
import { conditionsNow } from '../support/conditions';
import { startCountedAzurite } from '../support/counted-azurite';
import { inWorkFolder } from '../support/work-folder';
import { type Fixture, prepareFixture } from '../system/fixture';
import { ownTool } from '../system/own-tool';
import { runAll } from '../system/run';
import { type Sample, STEPS } from '../system/steps';
import { type BenchSummary, summarize } from '../system/summary';
import { judgeTargets, type TargetRow } from '../system/targets';

/** What the smaller benchmark found: every step once, on a disk of a few MiB. */
export interface SmokeResult {
  summary: BenchSummary;
  /** Those targets that are about bytes and requests: they hold on any machine, whatever else it does. */
  targets: TargetRow[];
}

/** Runs the benchmark itself, only smaller and without peers, in a folder of its own below `parent`. */
export const runSmoke = (parent: string): Promise<SmokeResult> => inWorkFolder(parent, runIn);

async function runIn(folder: string): Promise<SmokeResult> {
  const azurite = await startCountedAzurite(path.join(folder, 'azurite'));
  let fixture: Fixture | undefined;
  try {
    fixture = await prepareFixture({
      images: path.join(folder, 'images'),
      scale: 'tiny',
      state: folder,
      disks: ['data'],
      say: () => {},
    });
    const own = ownTool({ azurite, fixture });
    const samples: Sample[] = [];
    await runAll({
      azurite,
      fixture,
      tools: [own],
      ownContainer: own.container,
      disks: ['data'],
      steps: STEPS.map(({ id }) => id),
      repeats: 1,
      onSample: (sample) => samples.push(sample),
    });
    const summary = summarize({
      conditions: conditionsNow(),
      tools: { [own.name]: own.version },
      disks: { data: fixture.sizeBytes('data') },
      samples,
    });
    return { summary, targets: judgeTargets(summary).filter(({ counted }) => counted) };
  } finally {
    await fixture?.azure.stop();
    await azurite.stop();
  }
}
