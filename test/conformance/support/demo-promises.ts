import { type DemoOnEngine, demoOnEngine } from './demo-on-engine';
import { faultsOf, sizesOf } from './hub-tables';

/** Each kill may cost two minutes: one until the messages come back, and what they had begun. */
const endsWhatHangsMs = (kills: number) => 600_000 + kills * 120_000;

/**
 * Runs the demo on the engine, and holds it to what it promises.
 * @param dieIn activities in each of which one of three workers is killed; none runs it on one.
 */
export function promisesOfDemo(dieIn: string[] = []): void {
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
  }, endsWhatHangsMs(dieIn.length));

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
}
