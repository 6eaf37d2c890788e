import { CATALOGUE } from '../../src/failures/catalogue';
import { PASSING_RESTORES, RESTORES } from './remedies/restores';
import { codesOf, newSubject } from './support/follow';
import { startRemedyWorld, type World } from './support/remedy-world';

/** Who reads why a restore failed and does what the remedy says has the next one succeed. */
let world: World;
beforeAll(async () => {
  world = await startRemedyWorld();
});
afterAll(() => world.close());
afterEach(() => world.clearFaults());

test.each(RESTORES.map((one) => [one.code, one] as const))(
  '%s: what its remedy says succeeds',
  async (code, { provoke, run, follow, instead = run, ...followed }) => {
    const vm = await newSubject(world, code.toLowerCase().slice(0, 40), followed);
    await vm.point();
    await provoke(world, vm);
    const failed = await run?.(world, vm);
    expect(failed && codesOf(failed)).toContain(code);
    if (failed?.error?.code === code) expect(failed.error.remedy).toBe(CATALOGUE[code].remedy);
    await follow(world, vm);
    expect(await instead?.(world, vm)).toMatchObject({ state: 'Succeeded' });
  },
);

test.each(PASSING_RESTORES.map((one) => [one.code, one] as const))(
  '%s: as its remedy says, nothing has to be done',
  async (code, { first, operation, effect, count = 1, run }) => {
    const vm = await newSubject(world, code.toLowerCase().slice(0, 40), {});
    await first?.(world, vm);
    await vm.point();
    await world.fault(operation, effect, count);
    expect(await run?.(world, vm)).toMatchObject({ state: 'Succeeded', warnings: [] });
    expect(await world.faultsLeft()).toEqual([]);
  },
);
