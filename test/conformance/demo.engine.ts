import { type DemoOnEngine, demoOnEngine } from './support/demo-on-engine';
import { faultsOf, sizesOf } from './support/hub-tables';

// The whole process, first backup to compared restores, on the published extension: on one worker, and on
// three of which some are killed with -9 in the middle of activities.

/** Activities that every demo runs several times, so that each of three workers meets them. */
const KILLED_IN = ['takeSnapshot', 'transferDiskPart', 'restoreDiskPart'];
/** With `npm run test:engine -- --kills 10`. */
const AND_IN = [
  ...['openDiskAccess', 'completeDiskTransfer', 'commitRecoveryPoint', 'createRestoreDisk'],
  ...['finishDiskRestore', 'closeDiskAccess', 'endJob'],
];
const kills = [...KILLED_IN, ...AND_IN].slice(0, Number(process.env.KILLS ?? KILLED_IN.length));

/** Each kill may cost two minutes: one until the messages come back, and what they had begun. */
const ENDS_WHAT_HANGS_MS = 600_000 + kills.length * 120_000;

const SCENES: [name: string, dieIn: string[]][] = [
  ['on one worker', []],
  [`on three workers, killed in ${kills.join(', ')}`, kills],
];

describe.each(SCENES)('the demo %s', (_, dieIn) => {
  let demo: DemoOnEngine;
  beforeAll(async () => {
    const begun = performance.now();
    demo = await demoOnEngine(dieIn);
    const seconds = Math.round((performance.now() - begun) / 1000);
    const { events, characters } = sizesOf(demo.hub);
    console.log(
      `${seconds} s, ${demo.hub.instances.length} instances, at most ${events} events in a history and ` +
        `${characters} characters in a value; killed in ${demo.kills.join(', ') || 'none'}`,
    );
  }, ENDS_WHAT_HANGS_MS);

  it('brings every disk back to the byte', () => {
    expect(demo.outcome.problems).toEqual([]);
    expect(demo.outcome.comparisons).toHaveLength(14);
  });

  it('leaves a hub without running instances, long histories, large values, SAS or key', () => {
    expect(demo.hub.instances.length).toBeGreaterThan(50);
    expect(demo.hub.history.length).toBeGreaterThan(500);
    expect(faultsOf(demo.hub)).toEqual([]);
  });

  it('has lost one worker in each of the activities', () => {
    expect(demo.kills.toSorted()).toEqual(dieIn.toSorted());
  });
});
